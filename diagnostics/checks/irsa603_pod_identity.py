"""IRSA603: this is EKS Pod Identity, not a web identity."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.explain.words import clip
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA603")
def pod_identity(symptom: Symptom) -> Judgement:
    """This is EKS Pod Identity, not a web identity.

    Why: Pod Identity gets credentials from an agent on the node and trusts pods.eks.amazonaws.com; no OIDC provider
    is involved.
    Source: Amazon EKS User Guide, "Learn how EKS Pod Identity grants pods access to AWS services".
    """
    if symptom.cause is not Cause.POD_IDENTITY:
        return Pass()
    return Finding(
        headline="This failure is about EKS Pod Identity, not about IRSA.",
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted="a Pod Identity association and a role that trusts pods.eks.amazonaws.com",
        why="",
        next="Check the association, the role's trust of pods.eks.amazonaws.com "
        "(sts:AssumeRole and sts:TagSession) and the agent.",
        likely=False,
        note=None,
    )
