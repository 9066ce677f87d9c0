"""IRSA406: the trust policy names another service account."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.checks.trust_words import trusts_others
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.wiring import Judgement, check


@check("IRSA406", after=("IRSA401",))
def sub_other_service_account(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy names another service account.

    Why: The condition compares the token's `sub` as text, so only the service account that it names gets
    in.
    Source: IAM User Guide, "Available keys for AWS OIDC federation"; Amazon EKS User Guide, "Assign IAM roles to
    Kubernetes service accounts".
    """
    return judge_fault(
        "IRSA406",
        answer,
        role,
        lambda reason: trusts_others(answer, role, reason),
    )
