"""IRSA504: sTS throttled the calls."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA504")
def throttled(symptom: Symptom) -> Judgement:
    """STS throttled the calls.

    Why: Too many calls from one account and region in a short time are refused until they slow down.
    Source: STS API reference, common errors (Throttling); Amazon EKS Best Practices, scaling workloads;
    EKS guide pull request 1058, flux issue 938.
    """
    if symptom.cause is not Cause.THROTTLED:
        return Pass()
    return Finding(
        headline=say("STS refused calls because there were too many"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("fewer calls, or calls spread over regional endpoints"),
        why="",
        next=say(
            "Use the regional endpoint, share credentials within a process, and let the SDK "
            "retry with back-off."
        ),
        note=say(
            "SDKs that give up here go on to the node's role, so some calls may fail under that name."
        ),
    )
