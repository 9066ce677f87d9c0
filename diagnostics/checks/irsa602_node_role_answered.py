"""IRSA602: the node's role answered in place of the pod's."""

from __future__ import annotations

from diagnostics.checks.containers import injected, judged
from diagnostics.checks.evidence_of_text import outlived, somebody_else
from diagnostics.checks.places import of_text
from diagnostics.evidence import Pods, Unreadable
from diagnostics.evidence.derived import Now, RoleInQuestion
from diagnostics.languages import Words, say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA602")
def node_role_answered(
    symptom: Symptom,
    now: Now,
    pods: Pods | Unreadable | None,
    question: RoleInQuestion | None,
) -> Judgement:
    """Another identity, mostly the node's role, answered in place of the pod's.

    Why: The SDK found other credentials first, or no web identity in the container, and went on to the node's role.
    Source: Amazon EKS Best Practices, "Restrict access to the instance profile assigned to the worker node"; deeplake
    issue 3161; EKS guide pull request 1058.
    """
    other = somebody_else(symptom, question)
    if symptom.cause is not Cause.NODE_ROLE and not other:
        return Pass()
    if outlived(now, pods):
        return Skip(say("the pods are newer than the text"))
    live = pods.live if isinstance(pods, Pods) else ()
    equipped = bool(live) and all(
        injected(container) for pod in live for container in judged(pod.spec)
    )
    if equipped and not other:
        return Finding(
            headline=say(
                "Node role {role} made this call, although the pod has a role of its own",
                role=symptom.source_role,
            )
            if symptom.source_role
            else say("The node's role made this call although the pod has its own"),
            place=of_text(),
            seen=clip(symptom.message or symptom.excerpt),
            wanted=say(
                "an SDK that reads AWS_WEB_IDENTITY_TOKEN_FILE, and its default credential chain"
            ),
            why=say(
                "An SDK from before web identities, or an application with a credential chain of its "
                "own, passes over the token; so does one that STS has just throttled."
            ),
            next=say(
                "Update the SDK, and let the application use the SDK's default credential chain."
            ),
            likely=True,
            note=say(
                "The SDK's version, from userAgent in CloudTrail's record of the call, would settle it."
            ),
        )
    return Finding(
        headline=_headline(symptom.source_role, other=other),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("the service account's own role"),
        why="",
        next=say(
            "Check that the container has AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE and that "
            "its SDK is new enough to read them."
        ),
        likely=True,
        note=say(
            "The SDK's version, from userAgent in CloudTrail's record of the call, would settle it."
        ),
    )


def _headline(role: str | None, *, other: bool) -> Words:
    if role is None:
        return (
            say("Another identity than the service account's role made this call")
            if other
            else say("The node's role made this call, so the container used no web identity")
        )
    if other:
        return say("Role {role} made this call, not the service account's own role", role=role)
    return say("Node role {role} made this call, so the container used no web identity", role=role)
