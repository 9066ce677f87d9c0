"""IRSA215: a Windows container got the token path of a Linux one."""

from __future__ import annotations

from diagnostics.checks.containers import TOKEN_ENV, judged
from diagnostics.checks.evidence_of_text import outlived, said
from diagnostics.checks.places import of_pod, of_text
from diagnostics.evidence import Pods, Target, Unreadable
from diagnostics.evidence.derived import Now
from diagnostics.fix.restart import patch_command
from diagnostics.languages import say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding, Place
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, check


@check("IRSA215")
def windows_path(
    target: Target, pods: Pods | Unreadable | None, symptom: Symptom | None, now: Now
) -> Judgement:
    """A Windows container got the token path of a Linux one.

    Why: The webhook writes the Windows path only for pods whose nodeSelector says kubernetes.io/os: windows;
    affinity alone does not tell it.
    Source: amazon-eks-pod-identity-webhook README, "Usage with Windows"; webhook issue 57.
    """
    for pod in pods.live if isinstance(pods, Pods) else ():
        for container in judged(pod.spec):
            path = container.env_value(TOKEN_ENV)
            if pod.spec.windows and path is not None and path.startswith("/"):
                field = f"spec.containers[{container.name}].env[{TOKEN_ENV}]"
                return _finding(target, of_pod(target, pod, field), clip(path))
    told = symptom is not None and "must be an absolute path" in said(symptom)
    if symptom is None or not told or outlived(now, pods):
        return Pass()
    return _finding(target, of_text(), clip(symptom.message or symptom.excerpt), likely=True)


def _finding(target: Target, place: Place, seen: str, *, likely: bool = False) -> Finding:
    return Finding(
        headline=say("A Windows container got the token path of a Linux one"),
        place=place,
        seen=seen,
        wanted=r"C:\var\run\secrets\eks.amazonaws.com\serviceaccount\token",
        why="",
        next=say(
            "Set nodeSelector kubernetes.io/os: windows in the pod template, which restarts the pods."
        ),
        likely=likely,
        note=say("The pod's nodeSelector and affinity would settle it.") if likely else None,
        commands=patch_command(target, {"nodeSelector": {"kubernetes.io/os": "windows"}}),
    )
