"""IRSA216: what the process sent is no web identity token."""

from __future__ import annotations

from diagnostics.checks.evidence_of_text import outlived
from diagnostics.checks.places import of_text
from diagnostics.evidence import Pods, Unreadable
from diagnostics.evidence.derived import Now
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA216")
def token_malformed(symptom: Symptom, now: Now, pods: Pods | Unreadable | None) -> Judgement:
    """What the process sent is no web identity token.

    Why: STS takes the token apart before it looks for a provider; an empty, cut or foreign file ends the call there.
    Source: STS API reference, InvalidIdentityToken; amazon-eks-pod-identity-webhook issue 232.
    """
    if symptom.cause not in (Cause.NOT_A_JWT, Cause.MISSING_CLAIM, Cause.IDP_REJECTED):
        return Pass()
    if outlived(now, pods):
        return Skip(say("the pods are newer than the text"))
    return Finding(
        headline=say("The token that the process sent is not one that the cluster issued")
        if symptom.cause is not Cause.NOT_A_JWT
        else say("What the process sent is no web identity token"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("the projected service account token, three parts joined by dots"),
        why="",
        next=say(
            "Restart the pod, and let the application read the file that "
            "AWS_WEB_IDENTITY_TOKEN_FILE names as it is."
        ),
        likely=True,
        note=say("The same call with a fresh token (kubectl create token) would settle it."),
    )
