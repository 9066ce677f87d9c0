"""IRSA403: the trust policy allows another action."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.languages import say
from diagnostics.text.clip import listed
from diagnostics.wiring import Judgement, check


@check("IRSA403", after=("IRSA401",))
def wrong_action(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy allows another action.

    Why: The SDK calls sts:AssumeRoleWithWebIdentity; a statement for sts:AssumeRole, or for a misspelled
    action, says nothing about that call.
    Source: IAM User Guide, "IAM JSON policy elements: Action"; STS API reference, AssumeRoleWithWebIdentity.
    """
    return judge_fault(
        "IRSA403",
        answer,
        role,
        lambda reason: say(
            "Role {role_name} allows {actions}, not sts:AssumeRoleWithWebIdentity",
            role_name=role.name,
            actions=listed(reason.trusted if reason else (), limit=2),
        ),
    )
