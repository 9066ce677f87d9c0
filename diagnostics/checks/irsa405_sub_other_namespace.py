"""IRSA405: the trust policy names another namespace."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.checks.trust_words import trusts_others
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.wiring import Judgement, check


@check("IRSA405", after=("IRSA401",))
def sub_other_namespace(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy names another namespace.

    Why: The condition compares the token's `sub` as text: a service account of the same name in another
    namespace is somebody else.
    Source: Kubernetes, "Managing Service Accounts"; IAM User Guide, "Available keys for AWS OIDC federation".
    """
    return judge_fault(
        "IRSA405",
        answer,
        role,
        lambda reason: trusts_others(answer, role, reason),
    )
