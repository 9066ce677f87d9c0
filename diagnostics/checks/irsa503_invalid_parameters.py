"""IRSA503: STS refused the call's parameters."""

from __future__ import annotations

from diagnostics.arn import RoleArn
from diagnostics.checks.containers import ROLE_ENV, judged
from diagnostics.checks.evidence_of_text import outlived, said
from diagnostics.checks.irsa105_annotation_malformed import fault_of_arn
from diagnostics.checks.places import of_pod, of_text
from diagnostics.evidence import IamRole, Pods, Target, Unreadable
from diagnostics.evidence.derived import Now
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding, Place
from diagnostics.text.clip import clip, listed
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA503")
def invalid_parameters(
    *,
    target: Target,
    symptom: Symptom,
    now: Now,
    pods: Pods | Unreadable | None,
    role: IamRole | Unreadable | None,
) -> Judgement:
    """STS refused the call's parameters.

    Why: The role ARN, session name and duration are checked before the trust policy is.
    Source: STS API reference, AssumeRoleWithWebIdentity, request parameters; eks-anywhere pull request 9485.
    """
    if symptom.cause is not Cause.VALIDATION:
        return Pass()
    if outlived(now, pods):
        return Skip(say("the pods are newer than the text"))
    text = said(symptom)
    if "durationseconds" in text or "maxsessionduration" in text:
        return _duration(symptom, role)
    if "rolesessionname" in text:
        return _session_name(target, symptom, pods)
    arn = "request arn is invalid" in text or "rolearn" in text
    if arn and (found := _wrong_arn(target, pods)) is not None:
        return found
    return Finding(
        headline=say("The role ARN that the pod sends is no role's ARN")
        if arn
        else say("STS refused a parameter of the call"),
        place=of_text(),
        seen=clip(symptom.role_as_written or symptom.message or symptom.excerpt),
        wanted="arn:<partition>:iam::<account>:role/<name>"
        if arn
        else say(
            "a role ARN, a session name of 2 to 64 characters, and a duration within the role's"
        ),
        why="",
        next=say(
            "Correct AWS_ROLE_ARN, or the annotation that it comes from, and restart the pods."
        )
        if arn
        else say(
            "Correct what the message names: AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME or the duration."
        ),
    )


def _wrong_arn(target: Target, pods: Pods | Unreadable | None) -> Finding | None:
    """The container that has such a value, where one does."""
    for pod in pods.live if isinstance(pods, Pods) else ():
        for container in judged(pod.spec):
            value = container.env_value(ROLE_ENV)
            if not value or RoleArn.parse(value):
                continue
            return Finding(
                headline=say(
                    "AWS_ROLE_ARN of container {container} is malformed: {fault}",
                    container=container.name,
                    fault=fault_of_arn(value),
                ),
                place=of_pod(target, pod, f"spec.containers[{container.name}].env[{ROLE_ENV}]"),
                seen=clip(value),
                wanted="arn:<partition>:iam::<account>:role/<name>",
                why="",
                next=say(
                    "Correct AWS_ROLE_ARN, or the annotation that it comes from, and restart the pods."
                ),
            )
    return None


def _duration(symptom: Symptom, role: IamRole | Unreadable | None) -> Finding:
    known = role if isinstance(role, IamRole) else None
    chained = "chaining" in said(symptom)
    limit = "3600 seconds" if chained else f"{known.max_session_seconds} seconds" if known else None
    return Finding(
        headline=say("A chained session may last one hour, and the application asks for more")
        if chained
        else say("The application asks for a longer session than the role allows"),
        place=of_text()
        if known is None or chained
        else Place(where=f"account {known.account}", object=known.arn, field="MaxSessionDuration"),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say("at most {limit}", limit=limit)
        if limit
        else say("at most the role's MaxSessionDuration"),
        why=say("STS gives no session that is longer, whatever the trust policy says."),
        next=say("Lower the session duration in the application's settings.")
        if chained
        else say(
            "Lower the session duration in the application's settings, or raise the role's "
            "MaxSessionDuration."
        ),
    )


def _session_name(target: Target, symptom: Symptom, pods: Pods | Unreadable | None) -> Finding:
    found = [
        (pod, container, value)
        for pod in (pods.live if isinstance(pods, Pods) else ())
        for container in judged(pod.spec)
        if (value := container.env_value("AWS_ROLE_SESSION_NAME")) is not None
    ]
    field = "spec.containers[{}].env[AWS_ROLE_SESSION_NAME]"
    return Finding(
        headline=say("The session name has characters or a length that STS refuses"),
        place=of_pod(target, found[0][0], field.format(found[0][1].name)) if found else of_text(),
        seen=listed([found[0][2]]) if found else clip(symptom.message or symptom.excerpt),
        wanted=say("2 to 64 of the characters A-Z a-z 0-9 + = , . @ - _"),
        why="",
        next=say("Correct AWS_ROLE_SESSION_NAME in the pod template, or remove it.")
        if found
        else say(
            "Correct the session name where the application or AWS_ROLE_SESSION_NAME sets it."
        ),
        likely=not found,
        note=None
        if found
        else say("The container's AWS_ROLE_SESSION_NAME would settle where it comes from."),
    )
