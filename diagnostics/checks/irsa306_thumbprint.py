"""IRSA306: the issuer's certificate does not match the provider's thumbprint."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.explain.words import clip
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA306")
def thumbprint(symptom: Symptom) -> Judgement:
    """The issuer's certificate does not match the provider's thumbprint.

    Why: IAM checks the issuer's certificate against the provider's thumbprints where it is not signed by a root it
    trusts.
    Source: IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider".
    """
    if symptom.cause is not Cause.THUMBPRINT:
        return Pass()
    return Finding(
        headline=say("The issuer's certificate does not match the thumbprint of its OIDC provider"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("the thumbprint of the top certificate in the issuer's chain"),
        why="",
        next=say("Update the provider with aws iam update-open-id-connect-provider-thumbprint."),
    )
