"""IRSA415: a further condition of the trust policy does not hold."""

from __future__ import annotations

from diagnostics.checks import role_demands
from diagnostics.checks.trust_faults import judge_fault
from diagnostics.checks.trust_words import fault_of_key
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.iam.decision import Mismatch, Outcome, Reason
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA415", after=("IRSA401",))
def further_condition(answer: TrustAnswer, role: IamRole) -> Judgement:
    """A further condition of the trust policy does not hold.

    Why: Besides `sub` and `aud`, every other condition must hold too, and many keys, such as
    sts:ExternalId or aws:PrincipalOrgID, are never part of this unsigned call.
    Source: IAM User Guide, "IAM and AWS STS condition context keys"; Service Authorization Reference, AWS STS,
    condition keys of the resource type role.
    """
    if answer.decision.outcome is Outcome.UNDECIDED:
        return role_demands.undecided(answer)

    def headline(reason: Reason | None) -> str:
        if reason is None or not reason.key:
            return say("Role {role} has a condition that this call fails", role=role.name)
        if reason.mismatch is Mismatch.ROLE:
            return role_demands.headline(reason, role)
        if reason.mismatch is Mismatch.CONDITION:
            return say(
                "Role {role} demands another {key} than this call has",
                role=role.name,
                key=reason.key,
            )
        if reason.mismatch is Mismatch.KEY_ABSENT and reason.key.count("/"):
            return say(
                "A condition of role {role} can't hold: {fault}",
                role=role.name,
                fault=fault_of_key(answer, reason),
            )
        if reason.mismatch is Mismatch.KEY_ABSENT:
            return say(
                "Role {role} demands {key}, which no web identity call carries",
                role=role.name,
                key=reason.key,
            )
        return say(
            "Role {role} has a condition on {key} that this call fails",
            role=role.name,
            key=reason.key,
        )

    return judge_fault("IRSA415", answer, role, headline)
