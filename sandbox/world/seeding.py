"""Put one cluster's part of the scenarios into its API, in the order in which it once happened."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import aiohttp

from sandbox.kube.identity_webhook import HOME, MAP
from sandbox.kube.resources import (
    CONFIG_MAP,
    MUTATING_WEBHOOK,
    NAMESPACE,
    POD,
    SERVICE_ACCOUNT,
    Object,
    name_of,
    namespace_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sandbox.world.blueprint import Blueprint

T = TypeVar("T")
_STRATEGIC: Final = "application/strategic-merge-patch+json"
_MERGE: Final = "application/merge-patch+json"
_AT_ONCE: Final = 8
_PATIENCE: Final = 30.0
"""Seconds in which a cluster's controllers must have made the pods."""


class Asks(Protocol):
    """The administrator's way to a cluster."""

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Any:
        """Call the API; the decoded answer."""


class Clock:
    """The world's time, which seeding turns back. A real API server does not listen to it."""

    def __init__(self) -> None:
        self._ago: timedelta | None = None

    def __call__(self) -> datetime:
        """The time now, or the time that is being seeded."""
        now = datetime.now(UTC)
        return now if self._ago is None else now - self._ago

    def turn_back(self, ago: timedelta | None) -> None:
        """Let it be so long ago; None: the present."""
        self._ago = ago


async def seed(
    cluster: Asks, plans: Sequence[Blueprint], *, webhook: Object | None, clock: Clock
) -> None:
    """Create everything of one cluster.

    Args:
        cluster: Its API, empty.
        plans: What the scenarios put there.
        webhook: The pod identity webhook's configuration, if there is one.
        clock: Turned back while the past is written; at the present afterwards.
    """
    try:
        clock.turn_back(timedelta(days=90))
        if webhook is not None:
            await _create(cluster, MUTATING_WEBHOOK.path(), webhook)
        spaces = sorted(set().union(*(plan.namespaces for plan in plans)))
        await _all(_namespace, cluster, spaces)
        await _map(cluster, [plan for plan in plans if plan.mapped])
        clock.turn_back(timedelta(days=30))
        await _all(_service_accounts, cluster, plans)
        clock.turn_back(timedelta(days=20))
        await _all(_workload, cluster, plans)
        await _all(_pods_there, cluster, [plan for plan in plans if plan.service_account])
        await _all(_patch_pods, cluster, [plan for plan in plans if plan.pod_patch])
        clock.turn_back(timedelta(days=20, seconds=2))
        await _all(_make_anew, cluster, [plan for plan in plans if plan.together])
        clock.turn_back(timedelta(hours=2))
        late = [p for p in plans if p.service_account_before and not p.together]
        await _all(_annotate, cluster, late)
    finally:
        clock.turn_back(None)


async def _all(
    step: Callable[[Asks, T], Awaitable[None]], cluster: Asks, items: Sequence[T]
) -> None:
    """Do a step for all items, a few at once."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(item: T) -> None:
        async with slots:
            await step(cluster, item)

    async with asyncio.TaskGroup() as group:
        for item in items:
            group.create_task(one(item))


async def _namespace(cluster: Asks, name: str) -> None:
    await _create(cluster, NAMESPACE.path(), {"metadata": {"name": name}})


async def _service_accounts(cluster: Asks, plan: Blueprint) -> None:
    first = plan.service_account_before or plan.service_account
    for account in (*((first,) if first else ()), *plan.others):
        await _create(cluster, SERVICE_ACCOUNT.path(namespace_of(account)), account)


async def _make_anew(cluster: Asks, plan: Blueprint) -> None:
    """Write the service account as if it had been made with its annotation, just before its pods."""
    if plan.service_account is None:
        return
    path = SERVICE_ACCOUNT.path(namespace_of(plan.service_account), name_of(plan.service_account))
    await cluster.request("DELETE", path)
    await _create(
        cluster, SERVICE_ACCOUNT.path(namespace_of(plan.service_account)), plan.service_account
    )


async def _map(cluster: Asks, plans: Sequence[Blueprint]) -> None:
    """Write the ConfigMap of a self-hosted webhook.

    Source: aws/amazon-eks-pod-identity-webhook, pkg/cache/cache.go, `config` of ConfigMap pod-identity-webhook.
    """
    if not plans:
        return
    entries = {
        f"{namespace_of(account)}/{name_of(account)}": {"RoleARN": plan.roles[0].arn}
        for plan in plans
        if (account := plan.service_account) is not None
    }
    body = {"metadata": {"name": MAP}, "data": {"config": json.dumps(entries)}}
    await _namespace(cluster, HOME)
    await _create(cluster, CONFIG_MAP.path(HOME), body)


async def _workload(cluster: Asks, plan: Blueprint) -> None:
    await _create(cluster, plan.resource.path(namespace_of(plan.workload)), plan.workload)


async def _annotate(cluster: Asks, plan: Blueprint) -> None:
    """Write the annotations that came after the pods."""
    account = plan.service_account
    if account is None:
        return
    path = SERVICE_ACCOUNT.path(namespace_of(account), name_of(account))
    body = {"metadata": {"annotations": account["metadata"]["annotations"]}}
    before = (await cluster.request("GET", path))["metadata"].get("annotations", {})
    for key in before.keys() - body["metadata"]["annotations"].keys():
        body["metadata"]["annotations"] = {**body["metadata"]["annotations"], key: None}
    await cluster.request(
        "PATCH", f"{path}?fieldManager=kubectl-annotate", body, content_type=_MERGE
    )


async def _pods_there(cluster: Asks, plan: Blueprint) -> None:
    """Wait until the controllers have made the pods: what is annotated later must not reach them."""
    wanted = plan.workload["spec"].get("replicas", 0)
    async with asyncio.timeout(_PATIENCE):
        while len(await _pods(cluster, plan)) < wanted:  # noqa: ASYNC110  another process
            await asyncio.sleep(0.1)


async def _pods(cluster: Asks, plan: Blueprint) -> list[Object]:
    labels = f"app.kubernetes.io/name%3D{name_of(plan.workload)}"
    path = f"{POD.path(namespace_of(plan.workload))}?labelSelector={labels}"
    found: list[Object] = (await cluster.request("GET", path))["items"]
    return found


async def _patch_pods(cluster: Asks, plan: Blueprint) -> None:
    namespace = namespace_of(plan.workload)
    for pod in await _pods(cluster, plan):
        await cluster.request(
            "PATCH", POD.path(namespace, name_of(pod)), plan.pod_patch, content_type=_STRATEGIC
        )


async def _create(cluster: Asks, path: str, body: Object) -> None:
    """Create an object; one that a controller or an earlier scenario made already may stay."""
    try:
        await cluster.request("POST", path, body)
    except aiohttp.ClientResponseError as error:
        if error.status != 409:  # noqa: PLR2004  HTTP Conflict
            raise
