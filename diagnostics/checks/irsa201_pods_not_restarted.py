"""IRSA201: the pods are older than the annotation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diagnostics.checks.containers import ROLE_ENV, SKIP_POD, judged, unserved, veiled
from diagnostics.checks.places import of_pod
from diagnostics.evidence import RESTARTED_AT, Pods, ServiceAccount, Target, Unreadable
from diagnostics.evidence.derived import NamespaceWorkloads, Now
from diagnostics.evidence.owners import owner_of, owners_in
from diagnostics.fix.restart import RESTARTABLE, restarts
from diagnostics.languages import Words, say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.evidence import Pod, Workload
    from diagnostics.fix.plan import RestartWorkload

PATIENCE = timedelta(minutes=10)
"""How long a rollout is waited for before another restart is offered."""
RACE = 5.0
"""Seconds between a service account and its pods in which the webhook may not know the annotation yet."""


@check("IRSA201", after=("IRSA103", "IRSA105", "IRSA202", "IRSA205"))
def pods_not_restarted(
    *,
    target: Target,
    account: ServiceAccount,
    pods: Pods,
    workloads: NamespaceWorkloads | Unreadable,
    now: Now,
    symptom: Symptom | None,
) -> Judgement:
    """The pods are older than the annotation.

    Why: The webhook acts only when a pod is created, so running pods keep the role that they started with, or none.
    Source: Amazon EKS User Guide, "Configure Pods to use a Kubernetes service account"; webhook issue 28.
    """
    if not account.role_arn:
        return Skip(say("there is no annotation that pods could lack"))
    if not pods.live:
        return Skip(say("no pod of this service account is running"))
    known = () if isinstance(workloads, Unreadable) else workloads.items
    stale = [pod for pod in pods.live if _stale(pod, account, symptom)]
    if not stale:
        return veiled(pods.live, symptom) or Pass()
    first = stale[0]
    seen = next((c.env_value(ROLE_ENV) for c in judged(first.spec) if c.env_value(ROLE_ENV)), None)
    restarted = _restarted(first, known)
    under_way = restarted is not None and now.at - restarted < PATIENCE
    fixes = () if under_way else restarts(target, stale, known)
    return Finding(
        headline=_headline(len(stale), account.name, other_role=seen is not None),
        place=of_pod(target, first, f"spec.containers[*].env[{ROLE_ENV}]"),
        seen=seen or say("(none)"),
        wanted=account.role_arn or "",
        why="",
        next=say("Wait for the rollout to replace them, then check again.")
        if under_way
        else _next(first, by_button=bool(fixes)),
        note=say(
            "A restart at {restarted} UTC has not replaced this pod yet.",
            restarted=f"{restarted:%H:%M:%S}",
        )
        if restarted
        else _timing(first, account),
        fixes=fixes,
        commands=_commands(target, first, known, fixes),
    )


def _headline(count: int, name: str, *, other_role: bool) -> Words:
    if count == 1:
        if other_role:
            return say("1 pod of service account {name} still runs with another role", name=name)
        return say("1 pod of service account {name} still runs without a role", name=name)
    if other_role:
        return say(
            "{count} pods of service account {name} still run with another role",
            count=count,
            name=name,
        )
    return say(
        "{count} pods of service account {name} still run without a role", count=count, name=name
    )


def _commands(
    target: Target, pod: Pod, workloads: tuple[Workload, ...], fixes: tuple[RestartWorkload, ...]
) -> tuple[str, ...]:
    if fixes:
        return tuple(fix.command for fix in fixes)
    owner = owner_of(pod, owners_in(workloads))
    if owner is not None and owner.kind in RESTARTABLE:
        return (f"kubectl -n {target.namespace} rollout status {owner.ref}",)
    return (f"kubectl -n {target.namespace} delete pod {pod.name}",)


def _restarted(pod: Pod, workloads: Iterable[Workload]) -> datetime | None:
    """When the pod's workload was last told to restart, if that was after the pod was made."""
    owner = owner_of(pod, owners_in(workloads))
    try:
        at = datetime.fromisoformat(owner.template.annotations[RESTARTED_AT]) if owner else None
    except (KeyError, ValueError):
        return None
    if at is None or at.tzinfo is None or at.astimezone(UTC) <= pod.created:
        return None
    return at.astimezone(UTC)


def _stale(pod: Pod, account: ServiceAccount, symptom: Symptom | None) -> bool:
    if SKIP_POD in pod.spec.labels:
        return False
    wanted = account.role_arn
    containers = tuple(judged(pod.spec))
    if any(c.has_env(ROLE_ENV) and c.env_value(ROLE_ENV) not in (wanted, None) for c in containers):
        return True
    return bool(containers) and unserved(pod) and veiled((pod,), symptom) is None


def _timing(pod: Pod, account: ServiceAccount) -> str | None:
    annotated = account.annotated_at
    if annotated is not None and pod.created < annotated:
        return say(
            "The pod was created {created}, the annotation written {annotated} UTC.",
            created=f"{pod.created:%Y-%m-%d %H:%M:%S}",
            annotated=f"{annotated:%Y-%m-%d %H:%M:%S}",
        )
    if 0 <= (pod.created - account.created).total_seconds() <= RACE:
        return say(
            "The pod was created within seconds of its service account, so the webhook may not "
            "have known the annotation yet."
        )
    return None


def _next(pod: Pod, *, by_button: bool) -> str:
    if by_button:
        return say("Restart the workload, so that the webhook gives its new pods the role.")
    if pod.owner is None:
        return say("Delete the pod and create it again, so that the webhook gives it the role.")
    return say(
        "Replace the pods that {owner} made, so that the webhook gives the new ones the role.",
        owner=pod.owner,
    )
