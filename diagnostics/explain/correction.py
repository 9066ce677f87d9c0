"""The corrected trust policy, and the narrower one, ready to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.fix.correction import PolicyCorrection
from diagnostics.iam import narrow, ready_texts, unified_diff
from diagnostics.iam.decision import Outcome
from diagnostics.source import role_change

if TYPE_CHECKING:
    from diagnostics.evidence import IamRole
    from diagnostics.evidence.derived import TrustAnswer
    from diagnostics.iam import Repair


def correct(role: IamRole, answer: TrustAnswer) -> tuple[PolicyCorrection | None, str | None]:
    """The correction, or why there is none; neither where the policy lets the call in."""
    if answer.repair is None:
        return None, None
    if answer.repair.blocked is not None:
        return None, answer.repair.blocked
    return _shown(role, answer.repair), None


def harden(role: IamRole, answer: TrustAnswer) -> PolicyCorrection | None:
    """A narrower policy that still lets the target in, where the present one lets in more."""
    if role.trust is None or answer.decision.outcome is not Outcome.ALLOWED:
        return None
    repair = narrow(role.trust, answer.request)
    return _shown(role, repair) if repair is not None else None


def _shown(role: IamRole, repair: Repair) -> PolicyCorrection | None:
    if repair.policy is None or role.trust is None or not repair.changes:
        return None
    owned = role_change(role, repair.policy)
    return PolicyCorrection(
        role_arn=role.arn,
        diff=unified_diff(role.trust, repair.policy),
        policy_json=repair.policy.printed(),
        changes=tuple(change.words for change in repair.changes),
        exceeds_quota=repair.exceeds_quota,
        commands=(
            *(((owned.title, owned.text),) if owned else ()),
            *ready_texts(role.arn, repair.policy),
        ),
    )
