"""IRSA209: the token file can't be read."""

from __future__ import annotations

from diagnostics.checks.evidence_of_text import outlived, said
from diagnostics.checks.places import of_pod, of_text
from diagnostics.evidence import Pods, Target, Unreadable
from diagnostics.evidence.derived import Now
from diagnostics.fix.restart import patch_command
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA209")
def token_unreadable(
    target: Target, symptom: Symptom, now: Now, pods: Pods | Unreadable | None
) -> Judgement:
    """The process can't read its token file.

    Why: The file belongs to root unless the pod sets fsGroup, so a process that runs as another user is refused.
    Source: amazon-eks-pod-identity-webhook issue 8; Kubernetes enhancement 2451, projected token permissions.
    """
    text = said(symptom)
    if symptom.cause is not Cause.TOKEN_FILE or "permission denied" not in text:
        return Pass()
    if outlived(now, pods):
        return Skip(say("the pods are newer than the text"))
    live = pods.live if isinstance(pods, Pods) else ()
    odd = [p for p in live if p.spec.run_as_user not in (None, 0) and p.spec.fs_group is None]
    return Finding(
        headline=say("The process in the pod can't read its token file: permission denied"),
        place=of_pod(target, odd[0], "spec.securityContext") if odd else of_text(),
        seen=say("runAsUser {run_as_user}, no fsGroup", run_as_user=odd[0].spec.run_as_user)
        if odd
        else clip(symptom.excerpt),
        wanted=say("fsGroup set, for example 65534"),
        why="",
        next=say(
            "Set securityContext.fsGroup in the pod template, for example to 65534, which restarts the pods."
        ),
        likely=not odd,
        note=say(
            "The kubelet gives other volumes of the pod that group too, where they support it."
        )
        if odd
        else say("The pods' securityContext would settle it."),
        commands=patch_command(target, {"securityContext": {"fsGroup": 65534}}),
    )
