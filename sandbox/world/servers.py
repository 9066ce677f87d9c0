"""The Kubernetes API of one cluster of the world: the embedded one, or a real one that is brought along."""

from __future__ import annotations

import json
import secrets
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import aiohttp

from sandbox.kube.access import FIXERS, PROVERS, READERS
from sandbox.kube.api import KubernetesApi
from sandbox.kube.eks_tokens import AccessEntry, EksAuthenticator
from sandbox.listening import listening
from sandbox.stacked import Stacked
from sandbox.world.landscape import FIX_ROLE, PROOF_ROLE, READ_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from sandbox.kube.tls import Authority
    from sandbox.world.aws import Moto
    from sandbox.world.landscape import Cluster

JSON: Final = "application/json"


class ControlPlane(Protocol):
    """A real API server with its controllers, as an async context manager."""

    url: str
    ca_pem: str

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = JSON
    ) -> Any:
        """Call the API as its administrator; the decoded answer.

        Raises:
            aiohttp.ClientResponseError: The answer is no success.
        """


class StartsControlPlane(Protocol):
    """Whoever can start a real API server."""

    def __call__(self, *, issuer: str, authenticator_url: str) -> ControlPlane:
        """An API server, not started yet, that asks the URL who the bearer of a token is."""


class Embedded(Stacked):
    """The embedded API of a cluster, over TLS on a free port of 127.0.0.1."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        authenticator: EksAuthenticator,
        authority: Authority,
        now: Callable[[], datetime],
    ) -> None:
        self._admin_token = secrets.token_urlsafe(24)
        self.api = KubernetesApi(
            issuer=cluster.issuer,
            region=cluster.region,
            admin_token=self._admin_token,
            authenticator=authenticator,
            now=now,
        )
        self.ca_pem = authority.pem
        self.url = ""
        self._authority = authority
        self._stack = AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None

    @property
    def webhook_url(self) -> str:
        """What the configuration says; the embedded API runs the webhook's code itself."""
        return "https://127.0.0.1:23443/mutate"

    @property
    def webhook_ca_pem(self) -> str:
        """The authority that the configuration names."""
        return self.ca_pem

    async def __aenter__(self) -> Self:
        self.url = await listening(self._stack, self.api.app(), self._authority.server)
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._authority.client()),
                headers={"Authorization": f"Bearer {self._admin_token}", "User-Agent": "kubectl"},
            )
        )
        return self

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = JSON
    ) -> Any:
        """Call the API as its administrator; the decoded answer.

        Raises:
            aiohttp.ClientResponseError: The answer is no success; its message holds the answer's text.
        """
        assert self._session is not None, "not started"
        data = None if body is None else json.dumps(body)
        async with self._session.request(
            method, self.url + path, data=data, headers={"Content-Type": content_type}
        ) as answer:
            text = await answer.text()
            if not answer.ok:
                raise aiohttp.ClientResponseError(
                    answer.request_info, answer.history, status=answer.status, message=text[:500]
                )
            return json.loads(text)


def authenticator_of(cluster: Cluster, moto: Moto, now: Callable[[], datetime]) -> EksAuthenticator:
    """Who may come in: the bot's three roles of the cluster's account, each with its group."""
    return EksAuthenticator(
        cluster=cluster.eks_name,
        entries=tuple(
            AccessEntry(role_arn=cluster.account.arn("iam", f"role/{role}"), groups=(group,))
            for role, group in (
                (READ_ROLE, READERS),
                (FIX_ROLE, FIXERS),
                (PROOF_ROLE, PROVERS),
            )
        ),
        sts=moto.url,
        secrets=moto,
        now=now,
    )
