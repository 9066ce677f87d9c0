"""IRSA415: a further condition of the trust policy does not hold."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault, undecided
from diagnostics.evidence import IamRole
from diagnostics.gather.facts import TrustAnswer
from diagnostics.iam.decision import Outcome, Reason
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA415", after=("IRSA401",))
def further_condition(answer: TrustAnswer, role: IamRole) -> Judgement:
    """A further condition of the trust policy does not hold.

    Why: Besides `sub` and `aud`, every other condition must hold too, and many keys, such as
    sts:ExternalId or aws:PrincipalOrgID, are never part of this unsigned call.
    Source: IAM User Guide, "IAM and AWS STS condition context keys".
    """
    if answer.decision.outcome is Outcome.UNDECIDED:
        return undecided(answer)

    def headline(reason: Reason | None) -> str:
        if reason is None or not reason.key:
            return say("Role {role} has a condition that this call fails", role=role.name)
        return say(
            "Role {role} has a condition on {key} that this call fails",
            role=role.name,
            key=reason.key,
        )

    return judge_fault("IRSA415", answer, role, headline)
