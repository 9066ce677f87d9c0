"""IRSA208: the pod's token has another audience than the annotation asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.containers import TOKEN_ENV, judged
from diagnostics.checks.places import of_pod
from diagnostics.evidence import Pods, ServiceAccount, Target, Unreadable
from diagnostics.evidence.derived import NamespaceWorkloads
from diagnostics.evidence.owners import owner_of, owners_in
from diagnostics.fix.restart import restarts
from diagnostics.languages import say
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, check

if TYPE_CHECKING:
    from diagnostics.evidence import Pod, TokenVolume


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
        for volume in pod.spec.token_volumes:
            if volume.audience == account.audience or not _read(pod, volume):
                continue
            if not volume.shown:
                hidden = True
                continue
            seen = volume.audience or say("(the API server's own)")
            owner = owner_of(pod, owners_in(known))
            own = owner is not None and any(
                v.name == volume.name for v in owner.template.token_volumes
            )
            fixes = () if own else restarts(target, (pod,), known)
            return Finding(
                headline=say(
                    "The token of pod {pod_name} is for audience {audience}, not {wanted}",
                    pod_name=pod.name,
                    audience=seen,
                    wanted=account.audience,
                ),
                place=of_pod(
                    target,
                    pod,
                    f"spec.volumes[{volume.name}].projected.sources[*].serviceAccountToken.audience",
                ),
                seen=seen,
                wanted=account.audience,
                why="",
                next=say(
                    "Set audience: {wanted} in volume {volume} of the pod template of {ref}, which "
                    "restarts the pods.",
                    wanted=account.audience,
                    volume=volume.name,
                    ref=owner.ref,
                )
                if owner is not None and own
                else say(
                    "Restart the workload, so that new pods get a token for the right audience."
                ),
                fixes=fixes,
                commands=(f"kubectl -n {owner.namespace} edit {owner.ref}",)
                if owner is not None and own
                else tuple(f.command for f in fixes),
            )
    if hidden:
        return Skip(say("kubectl describe does not show the token's audience; -o yaml does"))
    return Pass()


def _read(pod: Pod, token: TokenVolume) -> bool:
    """Whether a container's SDK reads this token of the volume, which may hold others for somebody else."""
    beside = sum(other.name == token.name for other in pod.spec.token_volumes) > 1
    for container in judged(pod.spec):
        path = (container.env_value(TOKEN_ENV) or "").replace("\\", "/")
        for mount in container.mounts:
            if mount.volume == token.name and path and path == mount.file(token.path):
                return True
            folder = mount.path.replace("\\", "/").rstrip("/") + "/"
            if mount.volume != token.name or not path.startswith(folder):
                continue
            if not beside or path.removeprefix(folder).lstrip("/") == token.path.lstrip("/"):
                return True
    return False
