"""IRSA214: sTS can't be reached from the pod."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.explain.words import clip
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA214")
def sts_unreachable(symptom: Symptom) -> Judgement:
    """STS can't be reached from the pod.

    Why: The call never arrived, so no role or policy was ever asked.
    Source: AWS PrivateLink guide, interface endpoints for STS; amazon-vpc-cni issue 1796.
    """
    if symptom.cause is not Cause.STS_UNREACHABLE:
        return Pass()
    return Finding(
        headline="The pod can't reach STS over the network.",
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted="a route to sts.<region>.amazonaws.com on port 443",
        why="",
        next="Check NAT or the STS interface endpoint (private DNS on, port 443 open), network"
        " policies and proxy variables; use the regional endpoint.",
        likely=False,
        note=None,
    )
