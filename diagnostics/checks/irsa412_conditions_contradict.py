"""IRSA412: the trust policy's conditions can't hold together."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.iam.decision import Mismatch
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA412", after=("IRSA401",))
def conditions_contradict(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy's conditions can't hold together.

    Why: All operators and all keys of a statement must hold at once; values that exclude one another leave
    no token that fits.
    Source: IAM User Guide, "Conditions with multiple context keys or values".
    """
    return judge_fault(
        "IRSA412",
        answer,
        role,
        lambda reason: (
            say(
                "{operator} in the trust policy of role {role_name} leaves this service account out",
                operator=reason.operator,
                role_name=role.name,
            )
            if reason is not None and reason.mismatch is Mismatch.EXCLUDED
            else say("The conditions of role {role_name} exclude one another", role_name=role.name)
        ),
    )
