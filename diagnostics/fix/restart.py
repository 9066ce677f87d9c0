"""Restarts: of the workloads that made some pods, and by hand."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING

from diagnostics.evidence.owners import owner_of, owners_in
from diagnostics.fix.plan import RestartWorkload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diagnostics.evidence import Pod, Target, Workload

RESTARTABLE = ("Deployment", "StatefulSet", "DaemonSet")


def restart_command(target: Target) -> tuple[str, ...]:
    """The restart by hand of the workload that the failure is about; nothing where none was named."""
    workload = target.workload
    if workload is None or workload.kind not in RESTARTABLE:
        return ()
    return (f"kubectl -n {quote(target.namespace)} rollout restart {quote(str(workload))}",)


def patch_command(target: Target, pod: Mapping[str, object]) -> tuple[str, ...]:
    """The change of the pod template's spec by hand, in the workload that the failure is about, if one was named."""
    workload = target.workload
    if workload is None or workload.kind not in RESTARTABLE:
        return ()
    patch = quote(json.dumps({"spec": {"template": {"spec": pod}}}))
    return (f"kubectl -n {quote(target.namespace)} patch {quote(str(workload))} -p {patch}",)


def restarts(
    target: Target, pods: Iterable[Pod], workloads: Iterable[Workload]
) -> tuple[RestartWorkload, ...]:
    """One restart per workload that owns any of the pods, in the order of the pods."""
    known = owners_in(workloads)
    counts: dict[str, int] = {}
    chosen: dict[str, Workload] = {}
    for pod in pods:
        owner = owner_of(pod, known)
        if owner is not None and owner.kind in RESTARTABLE:
            chosen[owner.uid] = owner
            counts[owner.uid] = counts.get(owner.uid, 0) + 1
    return tuple(
        RestartWorkload(
            cluster=target.cluster,
            namespace=owner.namespace,
            ref=owner.ref,
            uid=uid,
            pods=counts[uid],
        )
        for uid, owner in chosen.items()
    )
