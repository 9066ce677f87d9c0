"""IRSA417: the corrected trust policy passes the size quota."""

from __future__ import annotations

from diagnostics.checks.places import of_trust
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.iam.saving import QUOTA
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
            "The corrected trust policy of role {role_name} has {size} characters, and IAM takes {quota}",
            role_name=role.name,
            size=answer.repair.size,
            quota=QUOTA,
        ),
        place=of_trust(role),
        seen=f"{answer.repair.size} characters",
        wanted=say("2048 characters, or the account's raised quota"),
        why="",
        next=say(
            "Raise the quota, join statements that differ only in `sub`, or use a second role."
        ),
        commands=_command(role, answer.repair.size),
    )


def _command(role: IamRole, size: int) -> tuple[str, ...]:
    """Ask for the largest quota; it is kept in one region of each partition, of which only this one is certain."""
    if size > _LARGEST or not role.arn.startswith("arn:aws:"):
        return ()
    return (
        (
            "aws service-quotas request-service-quota-increase --service-code iam "
            f"--quota-code L-C07B4B0D --desired-value {_LARGEST} --region us-east-1"
        ),
    )


_LARGEST = 4_096
