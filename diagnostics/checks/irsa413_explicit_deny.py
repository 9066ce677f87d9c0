"""IRSA413: a Deny statement refuses the call."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.gather.facts import TrustAnswer
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA413", after=("IRSA401",))
def explicit_deny(answer: TrustAnswer, role: IamRole) -> Judgement:
    """A Deny statement refuses the call.

    Why: An explicit Deny wins over every Allow, so no further Allow helps until the Deny spares this
    service account.
    Source: IAM User Guide, "Policy evaluation logic".
    """
    return judge_fault(
        "IRSA413",
        answer,
        role,
        lambda _: say(
            "A Deny statement of role {role_name} refuses this service account", role_name=role.name
        ),
    )
