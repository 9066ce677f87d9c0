"""IRSA604: this is another web identity federation."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA604")
def other_federation(symptom: Symptom) -> Judgement:
    """This is another web identity federation.

    Why: The token comes from another issuer than an EKS cluster, so no service account is involved.
    Source: IAM User Guide, "OIDC federation".
    """
    if symptom.cause is not Cause.OTHER_FEDERATION:
        return Pass()
    return Finding(
        headline=say(
            "This failure is about {federation}, not about an EKS service account",
            federation=clip(symptom.federation or say("another identity provider"), 60),
        ),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("a trust policy for that issuer and its subjects"),
        why="",
        next=say(
            "Compare the role's trust policy with the issuer, subject and audience of that token."
        ),
    )
