"""The way to one API server as one identity: endpoint, connections, token, and the journal of what is asked."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.clients.aws.errors import Attempt
from bot.clients.aws.identities import Purpose
from bot.clients.kube.ca import pem
from bot.clients.kube.endpoint import Connections, Endpoint
from bot.clients.kube.errors import BROKEN, outcome_of
from bot.clients.kube.token import KEPT_SECONDS, eks_token
from bot.clients.single_flight import Kept, SingleFlight
from diagnostics.errors import ReadError
from diagnostics.journal import Call, record
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clients.aws.calls import AccountCalls
    from bot.clients.aws.clusters import EksDescriptions
    from bot.clients.kube.kubeconfig import KubeconfigEntry
    from bot.clients.kube.request import Answer, Request
    from bot.clients.limits import Limits
    from bot.clients.slots import Slots
    from diagnostics.fleet import FleetCluster

_KUBECONFIG_SECONDS = 300
_STATIC_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token and whose it is; None where a client certificate speaks."""

    token: str | None = field(repr=False)
    principal: str


class ClusterAccess:
    """Sends requests to the API server of a cluster of the fleet.

    Args:
        entry: The cluster.
        calls: AWS as the identity whose token is sent.
        descriptions: What EKS says about clusters.
        slots: Bounds the requests to this cluster, whatever they are for.
        limits: Timeouts and sizes.
        environ: For `KUBECONFIG`.
    """

    def __init__(
        self,
        entry: FleetCluster,
        calls: AccountCalls,
        descriptions: EksDescriptions,
        *,
        slots: Slots,
        limits: Limits,
        environ: Mapping[str, str],
    ) -> None:
        self.entry = entry
        self.limits = limits
        self._calls = calls
        self._descriptions = descriptions
        self._slots = slots
        self._environ = environ
        self._endpoints = SingleFlight[Endpoint](time.time)
        self._bearers = SingleFlight[Bearer](time.time)
        self._kubeconfigs: SingleFlight[KubeconfigEntry] = SingleFlight(time.time)
        self._open: tuple[Endpoint, Connections] | None = None
        self._opening = asyncio.Lock()

    @property
    def _by_kubeconfig(self) -> bool:
        return self.entry.kubeconfig is not None or self.entry.context is not None

    async def endpoint(self) -> Endpoint:
        """Find the API server.

        Raises:
            ReadError: Neither the fleet file nor EKS says where it is.
        """
        return await self._endpoints.get("endpoint", self._find)

    async def bearer(self) -> Bearer:
        """Return the token to send.

        Raises:
            ReadError: There are no credentials to make one of.
        """
        return await self._bearers.get("bearer", self._sign)

    async def ready(self) -> tuple[Endpoint, Bearer]:
        """Have both, side by side: the token needs credentials, the endpoint may need EKS.

        Raises:
            ReadError: One of them can't be had.
        """
        return await asyncio.gather(self.endpoint(), self.bearer())

    async def exchange(self, request: Request) -> Answer:
        """Send one request; a token that is refused is renewed once.

        Raises:
            ReadError: Endpoint, credentials or certificates can't be had; nothing was sent.
            aiohttp.ClientError: The connection failed; see `errors.NOT_SENT`.
            TimeoutError: No answer in time.
        """
        answer = await self._once(request)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            # Nothing was done: the API server asks who is there before anything else.
            self._bearers.forget("bearer")
            self._kubeconfigs.forget("kubeconfig")
            answer = await self._once(request)
        return answer

    def forget_endpoint(self) -> None:
        """Look the endpoint up again next time: the API server does not answer there."""
        self._endpoints.forget("endpoint")
        self._descriptions.forget(self.entry)

    async def close(self) -> None:
        """Close the connections."""
        for flights in (self._endpoints, self._bearers, self._kubeconfigs):
            await flights.close()
        if self._open is not None:
            await self._open[1].close()

    async def _once(self, request: Request) -> Answer:
        endpoint, bearer = await self.ready()
        connections = await self._connections(endpoint)
        async with self._slots.turn() as turn:
            at, start = datetime.now(UTC), time.perf_counter()
            outcome = "cancelled"
            try:
                answer = await connections.exchange(request, token=bearer.token, limits=self.limits)
                outcome = outcome_of(answer)
                turn.throttled = answer.status == HTTPStatus.TOO_MANY_REQUESTS
            except BROKEN as error:
                outcome = type(error).__name__
                raise
            finally:
                record(
                    Call(
                        service="kubernetes",
                        operation=request.operation,
                        resource=request.object,
                        at=at,
                        milliseconds=(time.perf_counter() - start) * 1000,
                        account=self.entry.account,
                        region=self.entry.region,
                        cluster=self.entry.name,
                        outcome=outcome,
                    )
                )
        return answer

    async def _connections(self, endpoint: Endpoint) -> Connections:
        if self._open is not None and self._open[0] == endpoint:
            return self._open[1]
        async with self._opening:
            if self._open is not None and self._open[0] == endpoint:
                return self._open[1]
            try:
                opened = await Connections.open(endpoint)
            except (OSError, ValueError) as error:
                bad = isinstance(error, ssl.SSLError)
                raise ReadError(
                    say(
                        "the certificates for cluster {cluster} can't be used: {reason}",
                        cluster=self.entry.name,
                        reason=say("they are none") if bad else error,
                    ),
                    enable=say(
                        "correct `ca` or the kubeconfig of cluster {cluster}",
                        cluster=self.entry.name,
                    ),
                ) from error
            old, self._open = self._open, (endpoint, opened)
            if old is not None:
                await old[1].close()
            return opened

    async def _find(self) -> Kept[Endpoint]:
        entry = self.entry
        if self._by_kubeconfig:
            found = (await self._kubeconfig()).endpoint
            if self._calls.purpose is not Purpose.READ:
                # The fix role or the proof role speaks, not the kubeconfig's user.
                found = replace(found, cert_file=None, key_file=None)
            return Kept(
                value=replace(found, proxy=entry.proxy_url or found.proxy),
                until=time.time() + _KUBECONFIG_SECONDS,
            )
        if entry.endpoint is not None:
            endpoint = Endpoint(url=entry.endpoint, ca=entry.ca, proxy=entry.proxy_url)
            return Kept(value=endpoint, until=time.time() + _STATIC_SECONDS)
        known = await self._descriptions.lately(entry, self._calls)
        if known is None or known.endpoint is None:
            state = (
                say("EKS knows no such cluster")
                if known is None
                else say("its status is {status}", status=known.status)
            )
            raise ReadError(
                say(
                    "the API server of cluster {cluster} can't be found: {state} ({eks_name} in {region}, account "
                    "{account})",
                    cluster=entry.name,
                    state=state,
                    eks_name=entry.eks_name,
                    region=entry.region,
                    account=entry.account,
                ),
                enable=say(
                    "correct eks_name, region and account of cluster {cluster}, or give its `endpoint`",
                    cluster=entry.name,
                ),
            )
        return Kept(
            value=Endpoint(
                url=known.endpoint,
                ca=entry.ca or pem(known.ca_data, entry.name),
                proxy=entry.proxy_url,
            ),
            until=time.time() + _STATIC_SECONDS,
        )

    async def _kubeconfig(self) -> KubeconfigEntry:
        # Here, because the library behind it costs a fifth of a second and 20 MB, and few fleets use a kubeconfig.
        from bot.clients.kube.kubeconfig import load_entry  # noqa: PLC0415  see above

        async def load() -> Kept[KubeconfigEntry]:
            entry = await load_entry(
                self.entry.kubeconfig,
                self.entry.context,
                environ=self._environ,
                seconds=self.limits.exec_plugin,
            )
            until = time.time() + _KUBECONFIG_SECONDS
            if entry.expires is not None:
                until = min(until, entry.expires.timestamp() - 30)
            return Kept(value=entry, until=until)

        return await self._kubeconfigs.get("kubeconfig", load)

    async def _sign(self) -> Kept[Bearer]:
        if self._by_kubeconfig and self._calls.purpose is Purpose.READ:
            known = await self._kubeconfig()
            # Kept by `_kubeconfigs`, not here.
            return Kept(value=Bearer(token=known.token, principal=known.user), until=0.0)
        identity = await self._calls.identities.of(self._calls.account, self._calls.purpose)
        token = await self._calls.sessions.local(
            lambda credentials: eks_token(
                credentials,
                cluster=self.entry.eks_name,
                region=self.entry.region,
                endpoint=self._calls.sessions.client("sts", self.entry.region).meta.endpoint_url,
            ),
            credentials=identity.credentials,
            attempt=Attempt(
                service="sts",
                operation="GetCallerIdentity",
                resource="*",
                account=self.entry.account,
                region=self.entry.region,
                principal=identity.principal,
            ),
        )
        until = time.time() + KEPT_SECONDS
        if identity.expires is not None:
            until = min(until, identity.expires.timestamp() - 60)
        return Kept(value=Bearer(token=token, principal=identity.principal), until=until)
