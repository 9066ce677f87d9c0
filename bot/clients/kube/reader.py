"""The reader of one cluster."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from bot.clients.kube import mapping, wire
from bot.clients.kube.errors import (
    BROKEN,
    CUT,
    NOT_SENT,
    broken,
    is_absent,
    refused,
    unreadable,
)
from bot.clients.kube.request import (
    POD,
    SERVICE_ACCOUNT,
    WEBHOOKS,
    WORKLOADS,
    Kind,
    Request,
    can_exist,
)
from diagnostics.errors import ReadError
from diagnostics.evidence import Pods, ServiceAccount, SigningKeys, Webhooks, Workload
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clients.kube.access import ClusterAccess
    from bot.clients.kube.request import Answer
    from diagnostics.fleet import WorkloadRef
    from diagnostics.languages import Words

W = TypeVar("W", bound=wire.Wire)
_LISTED = ("Deployment", "StatefulSet", "DaemonSet", "CronJob")
_DISCOVERY = "/.well-known/openid-configuration"
_KEYS = "/openid/v1/jwks"
_AGAIN = frozenset({429, 500, 502, 503, 504})
_LARGE = 512 * 1024
"""Bytes from which on an answer is parsed in a thread."""


class ClusterReader:
    """Fulfils `diagnostics.clients.KubernetesReader`."""

    def __init__(
        self,
        access: ClusterAccess,
        listed: Callable[[tuple[ServiceAccount, ...]], None] | None = None,
    ) -> None:
        """Read a cluster.

        Args:
            access: The way to it.
            listed: Told the service accounts whenever those of all namespaces were listed.
        """
        self._access = access
        self._listed = listed

    async def issuer(self) -> str | None:
        """Read /.well-known/openid-configuration."""
        request = Request(
            method="GET", path=_DISCOVERY, verb="get", resource=_DISCOVERY, group=None
        )
        found = await self.object(request, wire.Discovery)
        return found.issuer or None if found else None

    async def service_account(self, namespace: str, name: str) -> ServiceAccount | None:
        """Get serviceaccounts."""
        found = await self._get(SERVICE_ACCOUNT, namespace, name, wire.ServiceAccount)
        return mapping.service_account(found) if found else None

    async def service_accounts(self, namespace: str | None) -> tuple[ServiceAccount, ...]:
        """List serviceaccounts."""
        found = await self._list(SERVICE_ACCOUNT, namespace, wire.ServiceAccount)
        accounts = tuple(mapping.service_account(item) for item in found)
        if namespace is None and self._listed is not None:
            self._listed(accounts)
        return accounts

    async def workload(self, namespace: str, ref: WorkloadRef) -> Workload | None:
        """Get one workload.

        Raises:
            ReadError: The kind is none that has a pod template here, or the read failed.
        """
        if ref.kind == "Pod":
            pod = await self._get(POD, namespace, ref.name, wire.Pod)
            return mapping.pod_as_workload(pod) if pod else None
        kind = WORKLOADS.get(ref.kind)
        if kind is None:
            raise ReadError(
                say("{kind} is no kind of workload that is read", kind=ref.kind[:63]),
                enable=say("name one of {kinds}", kinds=f"{', '.join(WORKLOADS)}, Pod"),
            )
        found = await self._get(kind, namespace, ref.name, wire.Workload)
        return mapping.workload(kind.kind, found) if found else None

    async def workloads(self, namespace: str | None) -> tuple[Workload, ...]:
        """List deployments, statefulsets, daemonsets and cronjobs, side by side."""
        lists = await asyncio.gather(
            *(self._list(WORKLOADS[kind], namespace, wire.Workload) for kind in _LISTED)
        )
        return tuple(
            mapping.workload(kind, item)
            for kind, items in zip(_LISTED, lists, strict=True)
            for item in items
        )

    async def pods(self, namespace: str | None) -> Pods:
        """List pods of a namespace, or of all."""
        found = await self._list(POD, namespace, wire.Pod)
        return Pods(items=tuple(mapping.pod(item) for item in found))

    async def webhooks(self) -> Webhooks:
        """List mutatingwebhookconfigurations."""
        found = await self._list(WEBHOOKS, None, wire.MutatingWebhookConfiguration)
        return Webhooks(items=tuple(hook for item in found for hook in mapping.webhooks(item)))

    async def _get(self, kind: Kind, namespace: str, name: str, model: type[W]) -> W | None:
        if not can_exist(namespace, name):
            return None
        request = Request(
            method="GET",
            path=kind.path(namespace, name),
            verb="get",
            resource=kind.plural,
            group=kind.group,
            namespace=namespace,
            name=name,
        )
        return await self.object(request, model)

    async def signing_keys(self) -> SigningKeys | None:
        """Read /openid/v1/jwks."""
        request = Request(method="GET", path=_KEYS, verb="get", resource=_KEYS, group=None)
        found = await self.object(request, wire.KeySet)
        if found is None:
            return None
        return SigningKeys(key_ids=frozenset(key.kid for key in found.keys if key.kid))

    async def object(self, request: Request, model: type[W]) -> W | None:
        """Read one object as it is on the wire; None where there is none.

        Raises:
            ReadError: It can't be read.
        """
        answer = await self._ask(request)
        return None if answer is None else await self._parsed(request, answer, model)

    async def _list(self, kind: Kind, namespace: str | None, model: type[W]) -> list[W]:
        """Read all pages; a kind that the API server does not have has no objects."""
        limits = self._access.limits
        found: list[W] = []
        if not can_exist(namespace):
            return found
        query = {"limit": str(limits.page)}
        while True:
            request = Request(
                method="GET",
                path=kind.path(namespace),
                verb="list",
                resource=kind.plural,
                group=kind.group,
                namespace=namespace,
                query=query,
            )
            page = await self.object(request, wire.ObjectList)
            if page is None:
                return found
            if len(found) + len(page.items) > limits.most_objects:
                raise ReadError(
                    _too_many(self._access.entry.name, kind.plural, namespace, limits.most_objects),
                    enable=say("name the object") if namespace else say("name the namespace"),
                )
            found += await self._items(request, page, model)
            if not page.metadata.next_page:
                return found
            query = {"limit": str(limits.page), "continue": page.metadata.next_page}

    async def _items(self, request: Request, page: wire.ObjectList, model: type[W]) -> list[W]:
        try:
            return [model.model_validate(item) for item in page.items]
        except ValidationError as error:
            raise unreadable(request, cluster=self._access.entry.name) from error

    async def _parsed(self, request: Request, answer: Answer, model: type[W]) -> W:
        try:
            if len(answer.body) < _LARGE:
                return model.model_validate_json(answer.body)
            return await asyncio.to_thread(model.model_validate_json, answer.body)
        except ValidationError as error:
            raise unreadable(request, cluster=self._access.entry.name) from error

    async def _ask(self, request: Request) -> Answer | None:
        """Send a read; None where the API server says that there is no such thing.

        Raises:
            ReadError: There is no answer to tell that.
        """
        # First, because AWS has deadlines and words of its own.
        endpoint, bearer = await self._access.ready()
        try:
            async with asyncio.timeout(self._access.limits.kube_deadline):
                answer = await self._patiently(request)
        except BROKEN as error:
            self._access.forget_endpoint()
            raise broken(error, cluster=self._access.entry.name, url=endpoint.url) from error
        if answer.ok:
            return answer
        if is_absent(answer):
            return None
        raise refused(answer, request, cluster=self._access.entry.name, principal=bearer.principal)

    async def _patiently(self, request: Request) -> Answer:
        """Try again what may work a moment later, within the deadline around."""
        attempt = 0
        while True:
            attempt += 1
            last = attempt >= self._access.limits.kube_attempts
            pause = min(2.0, 0.1 * 2**attempt) * (0.5 + random.random() / 2)  # noqa: S311  jitter
            try:
                answer = await self._access.exchange(request)
            except CUT as error:
                # A kept connection that the other side had closed, as often as not.
                if last or isinstance(error, NOT_SENT):
                    raise
            else:
                if last or answer.status not in _AGAIN:
                    return answer
                pause = answer.retry_after if answer.retry_after is not None else pause
            await asyncio.sleep(pause)


def _too_many(cluster: str, plural: str, namespace: str | None, most: int) -> Words:
    if namespace is None:
        return say(
            "cluster {cluster} has more than {most} {objects} in all namespaces",
            cluster=cluster,
            most=f"{most:,}",
            objects=plural,
        )
    return say(
        "cluster {cluster} has more than {most} {objects} in {namespace}",
        cluster=cluster,
        most=f"{most:,}",
        objects=plural,
        namespace=namespace,
    )
