"""IRSA211: the SDK can't use web identities."""

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


@check("IRSA211")
def sdk_too_old(symptom: Symptom, now: Now, pods: Pods | Unreadable | None) -> Judgement:
    """The SDK can't use web identities.

    Why: Without its STS module, or before web identity support, an SDK passes over the token and tries the next
    source of credentials.
    Source: Amazon EKS User Guide, "Use IRSA with the AWS SDK", minimum versions.
    """
    if symptom.cause is not Cause.SDK_LACKS_STS:
        return Pass()
    if outlived(now, pods):
        return Skip(say("the pods are newer than the text"))
    module = _JAVA.get(symptom.sdk or "")
    if module is not None:
        return Finding(
            headline=say(
                "The Java application lacks {module}, so its SDK can't use the role", module=module
            ),
            place=of_text(),
            seen=clip(symptom.message or symptom.excerpt),
            wanted=say("{module} on the class path", module=module),
            why=say(
                "The SDK trades the token for credentials with its STS module, and goes on without."
            ),
            next=say(
                "Add {module}, in the version of the application's other SDK modules, to its "
                "dependencies, and deploy it again.",
                module=module,
            ),
        )
    return Finding(
        headline=say("The SDK in the container can't use web identities"),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("an SDK with its STS module"),
        why="",
        next=say(
            "Add the SDK's STS module (for Java: software.amazon.awssdk:sts), or update the SDK."
        ),
    )


_JAVA = {"java v1": "com.amazonaws:aws-java-sdk-sts", "java v2": "software.amazon.awssdk:sts"}
"""The module of each Java SDK that speaks to STS."""
