"""IRSA411: a wildcard stands under an operator that takes it literally."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA411", after=("IRSA401",))
def wildcard_literal(answer: TrustAnswer, role: IamRole) -> Judgement:
    """A wildcard stands under an operator that takes it literally.

    Why: StringEquals has no wildcards: `*` and `?` are ordinary characters there, and only StringLike reads
    them as patterns.
    Source: IAM User Guide, "IAM JSON policy elements: Condition operators", String condition operators.
    """
    return judge_fault(
        "IRSA411",
        answer,
        role,
        lambda reason: say(
            "Role {role_name} has a wildcard under {operator}, which takes it literally",
            role_name=role.name,
            operator=reason.operator if reason else "StringEquals",
        ),
    )
