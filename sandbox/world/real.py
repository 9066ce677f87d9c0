"""A cluster of the world on a real API server: the sandbox is its authenticator, its webhook and its kubelet."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final, Self

import aiohttp
from aiohttp import web

from sandbox.kube.access import cluster_roles
from sandbox.kube.resources import (
    BY_KIND,
    DAEMON_SET,
    DEPLOYMENT,
    JOB,
    MUTATING_WEBHOOK,
    NAMESPACE,
    POD,
    REPLICA_SET,
    SERVICE_ACCOUNT,
    STATEFUL_SET,
    Object,
    name_of,
    namespace_of,
)
from sandbox.kube.reviews import pod_reviews, token_reviews
from sandbox.listening import listening
from sandbox.stacked import Stacked
from sandbox.world.pod_maker import PodMaker
from sandbox.world.servers import JSON, ControlPlane, StartsControlPlane

if TYPE_CHECKING:
    from sandbox.kube.eks_tokens import EksAuthenticator
    from sandbox.kube.tls import Authority
    from sandbox.world.landscape import Cluster

_SYSTEM: Final = ("kube-node-lease", "kube-public", "default")
_MERGE: Final = "application/merge-patch+json"


class RealCluster(Stacked):
    """A real API server under the world's identities.

    Args:
        cluster: The cluster that it stands for.
        start: Makes the API server.
        authenticator: Answers its TokenReviews.
        authority: Signs the webhook's certificate.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        start: StartsControlPlane,
        authenticator: EksAuthenticator,
        authority: Authority,
    ) -> None:
        self._cluster = cluster
        self._start = start
        self._authenticator = authenticator
        self._authority = authority
        self._plane: ControlPlane | None = None
        self._stack = AsyncExitStack()
        self._webhook = ""
        self._pods = PodMaker(self)

    @property
    def url(self) -> str:
        """Of the API server."""
        return self._running.url

    @property
    def ca_pem(self) -> str:
        """Of the API server."""
        return self._running.ca_pem

    @property
    def webhook_url(self) -> str:
        """Where the API server calls the pod identity webhook."""
        return f"{self._webhook}/mutate"

    @property
    def webhook_ca_pem(self) -> str:
        """The authority of the webhook, which is another than the API server's."""
        return self._authority.pem

    @property
    def _running(self) -> ControlPlane:
        assert self._plane is not None, "not started"
        return self._plane

    async def __aenter__(self) -> Self:
        try:
            reviews, webhook = web.Application(), web.Application(client_max_size=4 * 1024 * 1024)
            reviews.router.add_post("/", token_reviews(self._authenticator))
            webhook.router.add_post("/mutate", pod_reviews(self._pods, region=self._cluster.region))
            url = await listening(self._stack, reviews)
            self._webhook = await listening(self._stack, webhook, self._authority.server)
            self._plane = await self._stack.enter_async_context(
                self._start(issuer=self._cluster.issuer, authenticator_url=f"{url}/")
            )
            for found in cluster_roles():
                await self.request("POST", BY_KIND[found["kind"]].path(), found)
            for work in (self._kubelet(), self._pods.run()):
                self._stack.push_async_callback(_stopped, asyncio.create_task(work))
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = JSON
    ) -> Any:
        """Call the API as its administrator; the decoded answer.

        Raises:
            aiohttp.ClientResponseError: The answer is no success.
        """
        return await self._running.request(method, path, body, content_type=content_type)

    async def empty(self) -> None:
        """Remove what scenarios put there, and wait until it is gone."""
        for hook in (await self.request("GET", MUTATING_WEBHOOK.path()))["items"]:
            await self.request("DELETE", MUTATING_WEBHOOK.path(name=name_of(hook)))
        spaces = [
            name_of(found) for found in (await self.request("GET", NAMESPACE.path()))["items"]
        ]
        for space in spaces:
            if space in _SYSTEM:
                continue
            for resource in (DEPLOYMENT, STATEFUL_SET, DAEMON_SET, JOB, REPLICA_SET):
                await self.request("DELETE", resource.path(space))
            for account in (await self.request("GET", SERVICE_ACCOUNT.path(space)))["items"]:
                if name_of(account) != "default":
                    await self.request("DELETE", SERVICE_ACCOUNT.path(space, name_of(account)))
            await self.request("DELETE", f"{POD.path(space)}?gracePeriodSeconds=0")
        while (await self.request("GET", POD.path()))["items"]:  # noqa: ASYNC110  another process
            await asyncio.sleep(0.1)

    async def _kubelet(self) -> None:
        """Say of every new pod that it runs."""
        path = f"{POD.path()}?fieldSelector=status.phase%3DPending"
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                for pod in (await self.request("GET", path))["items"]:
                    await self._run(pod)
            await asyncio.sleep(0.2)

    async def _run(self, pod: Object) -> None:
        ready = [{"type": "Ready", "status": "True"}]
        body = {"status": {"phase": "Running", "conditions": ready}}
        with contextlib.suppress(aiohttp.ClientResponseError):  # it may be gone by now
            await self.request(
                "PATCH",
                f"{POD.path(namespace_of(pod), name_of(pod))}/status",
                body,
                content_type=_MERGE,
            )


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
