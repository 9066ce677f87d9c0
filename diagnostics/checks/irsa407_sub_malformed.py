"""IRSA407: the trust policy's `sub` is written in a way that no token carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.checks.trust_words import stray
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.iam.subject_reasons import form_fault
from diagnostics.iam.words import nearest
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check

if TYPE_CHECKING:
    from diagnostics.iam.decision import Reason


@check("IRSA407", after=("IRSA401",))
def sub_malformed(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy's `sub` is written in a way that no token carries.

    Why: IAM compares `sub` character by character, so that one space, one capital letter or one missing part is
    enough to match no token.
    Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (exact matching); AWS re:Post article,
    whose multi-cluster example has such a blank.
    """
    return judge_fault(
        "IRSA407",
        answer,
        role,
        lambda reason: say(
            "Role {role_name} trusts a subject that nobody has: {fault}",
            role_name=role.name,
            fault=_fault(reason),
        ),
    )


def _fault(reason: Reason | None) -> str:
    """What about the value no subject has, and at which character."""
    if reason is None:
        return form_fault("")
    return stray(reason) or form_fault(nearest(reason.trusted, reason.presented or ""))
