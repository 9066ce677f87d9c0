"""Which workloads own pods, so that they can be restarted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from shlex import quote
from typing import TYPE_CHECKING

from diagnostics.fix.plan import RestartWorkload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.evidence import Pod, Target, Workload
    from diagnostics.fleet import WorkloadRef

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


Owners = Mapping[tuple[str, str], "Workload"]
"""The workloads of one namespace by kind and name."""


def owners_in(workloads: Iterable[Workload]) -> Owners:
    """Index a namespace's workloads, to look up many pods."""
    return {(workload.kind, workload.name): workload for workload in workloads}


def owner_of(pod: Pod, owners: Owners) -> Workload | None:
    """The workload that made a pod: a Deployment through its ReplicaSet, a CronJob through its Job."""
    if pod.owner is None:
        return None
    found = (owners.get(candidate) for candidate in _candidates(pod, pod.owner))
    return next((workload for workload in found if workload is not None), None)


def _candidates(pod: Pod, owner: WorkloadRef) -> tuple[tuple[str, str], ...]:
    stem, _, last = owner.name.rpartition("-")
    if owner.kind == "ReplicaSet":
        fingerprint = pod.spec.labels.get("pod-template-hash", last)
        return (("Deployment", owner.name.removesuffix(f"-{fingerprint}")),)
    if owner.kind == "Job":
        return (("Job", owner.name), ("CronJob", stem))
    return ((owner.kind, owner.name),)


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
