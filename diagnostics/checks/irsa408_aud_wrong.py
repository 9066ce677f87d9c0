"""IRSA408: the trust policy expects another audience."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.iam.decision import Mismatch, Reason
from diagnostics.languages import say
from diagnostics.text.clip import listed
from diagnostics.wiring import Judgement, check


@check("IRSA408", after=("IRSA401",))
def aud_wrong(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy expects another audience.

    Why: The token is made for one audience, and the condition on `aud` must name exactly that; in China and
    GovCloud it is sts.amazonaws.com as well.
    Source: amazon-eks-pod-identity-webhook README, "audience"; eksctl issue 1910.
    """

    def headline(reason: Reason | None) -> str:
        if reason is None or reason.mismatch is Mismatch.SWAPPED:
            return say(
                "Role {role_name} has the values of sub and aud swapped", role_name=role.name
            )
        return say(
            "Role {role_name} wants audience {wanted}, but the token is for {presented}",
            role_name=role.name,
            wanted=listed(reason.trusted, limit=1),
            presented=reason.presented,
        )

    return judge_fault(
        "IRSA408",
        answer,
        role,
        headline,
    )
