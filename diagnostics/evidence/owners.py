"""Which workload made a pod."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.evidence.kubernetes import Pod, Workload
    from diagnostics.fleet import WorkloadRef

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
