"""What the cluster says: the service account, the workload, its pods, and the webhook."""

from __future__ import annotations

from diagnostics.clients import Clients
from diagnostics.errors import ReadError
from diagnostics.evidence import (
    Pods,
    ServiceAccount,
    Siblings,
    Target,
    Unreadable,
    Webhooks,
    Workload,
)
from diagnostics.evidence.derived import NamespacePods, NamespaceWorkloads, Subject
from diagnostics.languages import say
from diagnostics.wiring import probe


@probe()
async def workload(io: Clients, target: Target) -> Workload | None:
    """The workload that the failure is about; None where none is named, or it does not exist."""
    if target.workload is None:
        return None
    return await io.kubernetes(target.cluster).workload(target.namespace, target.workload)


@probe()
async def service_account(
    io: Clients, target: Target, workload: Workload | Unreadable | None
) -> ServiceAccount | None:
    """The service account: the one that people named, or else the workload's.

    Raises:
        ReadError: The workload that should name it can't be read, or does not exist.
    """
    name = target.service_account
    if name is None:
        if isinstance(workload, Unreadable):
            raise ReadError(workload.why, enable=workload.enable)
        if workload is None:
            raise ReadError(
                say(
                    "there is no {workload} in namespace {namespace}",
                    workload=target.workload,
                    namespace=target.namespace,
                ),
                enable=say("name the service account, or a workload that exists"),
            )
        name = workload.template.service_account
    return await io.kubernetes(target.cluster).service_account(target.namespace, name)


@probe()
async def namespace_pods(io: Clients, target: Target) -> NamespacePods:
    """All pods of the namespace."""
    pods = await io.kubernetes(target.cluster).pods(target.namespace)
    return NamespacePods(items=pods.items)


@probe(deadline=1.0)
async def pods(pods: NamespacePods, subject: Subject) -> Pods:
    """The pods that run as the service account."""
    return Pods(items=tuple(p for p in pods.items if p.spec.service_account == subject.name))


@probe()
async def namespace_workloads(io: Clients, target: Target) -> NamespaceWorkloads:
    """All deployments, stateful sets, daemon sets and cron jobs of the namespace."""
    items = await io.kubernetes(target.cluster).workloads(target.namespace)
    return NamespaceWorkloads(items=items)


@probe()
async def webhooks(io: Clients, target: Target) -> Webhooks:
    """All mutating webhooks of the cluster."""
    return await io.kubernetes(target.cluster).webhooks()


@probe()
async def siblings(
    io: Clients, target: Target, subject: Subject, account: ServiceAccount | None
) -> Siblings:
    """The namesakes elsewhere and the neighbours here, asked for only where this one lacks a role."""
    if account is not None and account.role_arn:
        return Siblings()
    everywhere = await io.kubernetes(target.cluster).service_accounts(None)
    return Siblings(
        items=tuple(
            a for a in everywhere if (a.namespace == target.namespace) != (a.name == subject.name)
        )
    )
