"""IRSA410: a condition's key is not this cluster's issuer."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.checks.trust_words import fault_of_key
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA410", after=("IRSA401",))
def condition_key_issuer(answer: TrustAnswer, role: IamRole) -> Judgement:
    """A condition's key is not this cluster's issuer.

    Why: The key is the issuer without https://, then `:sub` or `:aud`; any other key is absent from the
    call, and a condition on an absent key fails.
    Source: IAM User Guide, "Available keys for AWS OIDC federation"; karpenter issue 1666, external-secrets issue
    1860.
    """
    return judge_fault(
        "IRSA410",
        answer,
        role,
        lambda reason: say(
            "In a condition of role {role_name}, {fault}",
            role_name=role.name,
            fault=fault_of_key(answer, reason),
        ),
    )
