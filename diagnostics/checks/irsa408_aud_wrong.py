"""IRSA408: the trust policy expects another audience."""

from __future__ import annotations

from diagnostics.checks.trust_faults import judge_fault
from diagnostics.evidence import IamRole
from diagnostics.gather.facts import TrustAnswer
from diagnostics.languages import say
from diagnostics.wiring import Judgement, check


@check("IRSA408", after=("IRSA401",))
def aud_wrong(answer: TrustAnswer, role: IamRole) -> Judgement:
    """The trust policy expects another audience.

    Why: The token is made for one audience, and the condition on `aud` must name exactly that; in China and
    GovCloud it is sts.amazonaws.com as well.
    Source: amazon-eks-pod-identity-webhook README, "audience"; eksctl issue 1910.
    """
    return judge_fault(
        "IRSA408",
        answer,
        role,
        lambda _: say(
            "Role {role_name} expects an audience (aud) that the token does not have",
            role_name=role.name,
        ),
    )
