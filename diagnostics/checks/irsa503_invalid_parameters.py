"""IRSA503: sTS refused the call's parameters."""

from __future__ import annotations

from diagnostics.checks.evidence_of_text import outlived
from diagnostics.checks.places import of_text
from diagnostics.evidence import Pods, Unreadable
from diagnostics.explain.words import clip
from diagnostics.gather.facts import Now
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA503")
def invalid_parameters(symptom: Symptom, now: Now, pods: Pods | Unreadable | None) -> Judgement:
    """STS refused the call's parameters.

    Why: The role ARN, session name and duration are checked before the trust policy is.
    Source: STS API reference, AssumeRoleWithWebIdentity, request parameters.
    """
    if symptom.cause is not Cause.VALIDATION:
        return Pass()
    if outlived(now, pods):
        return Skip("the pods are newer than the text")
    return Finding(
        headline="STS refused a parameter of the call.",
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted="roleSessionName of 2 to 64 characters from [\\w+=,.@-], and a duration within "
        "the role's maximum",
        why="",
        next="Correct what the message names: AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME or the duration.",
        likely=False,
        note=None,
    )
