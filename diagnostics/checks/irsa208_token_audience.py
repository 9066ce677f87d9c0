"""IRSA208: the pod's token has another audience than the annotation asks for."""

from __future__ import annotations

from diagnostics.checks.containers import TOKEN_ENV, judged
from diagnostics.checks.places import of_pod
from diagnostics.evidence import Pods, ServiceAccount, Target, Unreadable
from diagnostics.fix.restart import restarts
from diagnostics.gather.facts import NamespaceWorkloads
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, check


@check("IRSA208", after=("IRSA103",))
def token_audience(
    *,
    target: Target,
    account: ServiceAccount,
    pods: Pods,
    workloads: NamespaceWorkloads | Unreadable,
) -> Judgement:
    """The pod's token has another audience than it should.

    Why: The audience is fixed when the pod is created, and STS refuses a token made for somebody else.
    Source: Kubernetes, "Projected Volumes", serviceAccountToken.audience.
    """
    known = () if isinstance(workloads, Unreadable) else workloads.items
    hidden = False
    if not pods.live:
        return Skip(say("no pod of this service account is running"))
    for pod in pods.live:
        used = {
            mount.volume
            for container in judged(pod.spec)
            if (path := container.env_value(TOKEN_ENV))
            for mount in container.mounts
            if path.startswith(mount.path.rstrip("/") + "/")
        }
        for volume in pod.spec.token_volumes:
            if volume.name not in used or volume.audience == account.audience:
                continue
            if not volume.shown:
                hidden = True
                continue
            fixes = restarts(target, (pod,), known)
            return Finding(
                headline=say("The pod's token is made for another audience"),
                place=of_pod(
                    target,
                    pod,
                    f"spec.volumes[{volume.name}].projected.sources[*].serviceAccountToken.audience",
                ),
                seen=volume.audience or say("(the API server's own)"),
                wanted=account.audience,
                why="",
                next=say(
                    "Restart the workload, so that new pods get a token for the right audience."
                ),
                fixes=fixes,
                commands=tuple(f.command for f in fixes),
            )
    if hidden:
        return Skip(say("kubectl describe does not show the token's audience; -o yaml does"))
    return Pass()
