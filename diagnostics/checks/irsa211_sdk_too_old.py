"""IRSA211: the SDK can't use web identities."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.explain.words import clip
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA211")
def sdk_too_old(symptom: Symptom) -> Judgement:
    """The SDK can't use web identities.

    Why: Without its STS module, or before web identity support, an SDK passes over the token and tries the next
    source of credentials.
    Source: Amazon EKS User Guide, "Use IRSA with the AWS SDK", minimum versions.
    """
    if symptom.cause is not Cause.SDK_LACKS_STS:
        return Pass()
    return Finding(
        headline="The SDK in the container can't use web identities.",
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted="an SDK with its STS module",
        why="",
        next="Add the SDK's STS module (for Java: software.amazon.awssdk:sts), or update the SDK.",
        likely=False,
        note=None,
    )
