"""IRSA307: aWS could not fetch the issuer's keys."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.explain.words import clip
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA307")
def issuer_unreachable(symptom: Symptom) -> Judgement:
    """AWS could not fetch the issuer's keys.

    Why: STS verifies each token with keys that it fetches from the issuer over the internet.
    Source: STS API reference, IDPCommunicationError; aws-sdk-rust issue 827.
    """
    if symptom.cause not in (
        Cause.VERIFICATION_KEY,
        Cause.IDP_UNREACHABLE,
    ):
        return Pass()
    return Finding(
        headline="AWS could not fetch the keys of the cluster's issuer",
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted="the issuer's discovery document and keys, public over https",
        why="",
        next="Try again; if it stays so, make the issuer's /.well-known/openid-configuration "
        "and keys reachable from the internet.",
        likely=True,
        note="If it went away by itself it was a passing failure on the way.",
    )
