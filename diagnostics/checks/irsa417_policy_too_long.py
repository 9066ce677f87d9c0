"""IRSA417: the corrected trust policy passes the size quota."""

from __future__ import annotations

from diagnostics.checks.places import of_trust
from diagnostics.evidence import IamRole
from diagnostics.gather.facts import TrustAnswer
from diagnostics.languages import say
from diagnostics.result import Finding, Severity
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA417", severity=Severity.RISK, after=("IRSA401",))
def policy_too_long(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The corrected trust policy passes the size quota.

    Why: IAM refuses a trust policy of more than 2048 characters, white space not counted, unless the quota was
    raised.
    Source: IAM User Guide, "IAM and AWS STS quotas" (role trust policy length, ACLSizePerRole).
    """
    if answer.repair is None or answer.repair.policy is None:
        return Skip(say("no correction of the trust policy is needed"))
    if not answer.repair.exceeds_quota:
        return Pass()
    return Finding(
        headline=say(
            "The corrected trust policy of role {role_name} is longer than IAM takes",
            role_name=role.name,
        ),
        place=of_trust(role),
        seen=f"{answer.repair.size} characters",
        wanted=say("2048 characters, or the account's raised quota"),
        why="",
        next=say(
            "Raise the quota, join statements that differ only in `sub`, or use a second role."
        ),
    )
