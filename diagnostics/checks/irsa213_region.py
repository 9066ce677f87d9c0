"""IRSA213: no usable STS region is set."""

from __future__ import annotations

from diagnostics.checks.evidence_of_text import outlived
from diagnostics.checks.places import of_text
from diagnostics.evidence import Pods, Unreadable
from diagnostics.explain.words import clip
from diagnostics.gather.facts import Now
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA213")
def region(symptom: Symptom, now: Now, pods: Pods | Unreadable | None) -> Judgement:
    """No usable STS region is set.

    Why: The SDK needs a region to find STS, and STS must be active in that region for the role's account.
    Source: AWS SDKs and Tools Reference Guide, "AWS STS Regional endpoints"; IAM User Guide,
    "Manage AWS STS in a Region".
    """
    if symptom.cause not in (
        Cause.NO_REGION,
        Cause.REGION_DISABLED,
    ):
        return Pass()
    if outlived(now, pods):
        return Skip("the pods are newer than the text")
    return Finding(
        headline="The SDK has no region in which it can reach STS.",
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted="AWS_REGION set to a region with STS activated",
        why="",
        next="Set AWS_REGION in the pod template; if STS is off in that region, an "
        "administrator activates it in IAM.",
        likely=False,
        note=None,
    )
