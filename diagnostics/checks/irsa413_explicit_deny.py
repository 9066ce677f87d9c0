"""IRSA413: a Deny statement refuses the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.languages import say
from diagnostics.text.clip import clip
from diagnostics.text.visible import visible
from diagnostics.wiring import Judgement, check

if TYPE_CHECKING:
    from diagnostics.iam.decision import Reason


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
        lambda reason: say(
            "The Deny in statement {statement} of role {role_name} refuses this service account",
            statement=_name(role, reason),
            role_name=role.name,
        ),
    )


def _name(role: IamRole, reason: Reason | None) -> str:
    """The statement's Sid, or else its number, counted from one as everywhere in the reply."""
    if reason is None or role.trust is None:
        return "?"
    sid = role.trust.statements[reason.statement].sid
    return clip(visible(sid), 40) if sid else str(reason.statement + 1)
