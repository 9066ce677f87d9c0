"""Where an API server is, and the connections to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject

from bot.clients.kube.errors import TooLarge
from bot.clients.kube.request import Answer
from bot.fleet_file.loopback import is_loopback

if TYPE_CHECKING:
    from bot.clients.kube.request import Request
    from bot.clients.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An API server and how it is reached. Holds no secret but the place of a client key."""

    url: str
    ca: str | None = None
    """PEM text; None: the system's authorities."""
    ca_file: str | None = None
    proxy: str | None = None
    verify: bool = True
    server_name: str | None = None
    """Name in the certificate, where it differs from the URL's host."""
    cert_file: str | None = None
    key_file: str | None = None

    def configuration(self) -> Any:
        """Express it in the terms of `kubernetes.aio`."""
        configuration: Any = Configuration(host=self.url)
        configuration.ca_cert_data = self.ca
        configuration.ssl_ca_cert = self.ca_file
        configuration.cert_file = self.cert_file
        configuration.key_file = self.key_file
        configuration.verify_ssl = self.verify
        configuration.tls_server_name = self.server_name
        configuration.proxy = self.proxy
        # As Go's verifier and so kubectl do: cluster authorities often lack what strict mode asks for.
        configuration.disable_strict_ssl_verification = True
        if is_loopback(self.url):
            configuration.client_session_kwargs = {"trust_env": False}
        return configuration


class Connections(RESTClientObject):
    """The connections to one endpoint. Never follows a redirect: the token is for this server."""

    @classmethod
    async def open(cls, endpoint: Endpoint) -> Connections:
        """Prepare TLS in a thread, because reading certificates takes time.

        Raises:
            OSError: A file of the endpoint can't be read, or its certificates are none (ssl.SSLError).
            ValueError: The CA is no PEM text.
        """
        return await asyncio.to_thread(cls, endpoint.configuration())

    async def exchange(self, request: Request, *, token: str | None, limits: Limits) -> Answer:
        """Send a request and read its answer, bounded in time and size.

        Raises:
            aiohttp.ClientError: No answer; see `errors.NOT_SENT`.
            TimeoutError: None in time.
        """
        if self.pool_manager is None:
            self.pool_manager = self._create_pool_manager()
        headers = {"Accept": "application/json", "User-Agent": "irsa-doctor"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        arguments: dict[str, Any] = {}
        if request.body is not None:
            headers["Content-Type"] = request.content_type
            arguments["data"] = aiohttp.JsonPayload(request.body, content_type=request.content_type)
        if self.configuration.tls_server_name:
            arguments["server_hostname"] = self.configuration.tls_server_name
        timeout = aiohttp.ClientTimeout(
            total=limits.kube_request,
            connect=limits.kube_connect,
            sock_connect=limits.kube_connect,
        )
        async with self.pool_manager.request(
            request.method,
            self.configuration.host + request.target,
            headers=headers,
            timeout=timeout,
            proxy=self.proxy,
            allow_redirects=False,
            **arguments,
        ) as response:
            return Answer(
                status=response.status,
                body=await _bounded(response, limits.most_bytes),
                retry_after=_seconds(response.headers.get("Retry-After")),
            )


async def _bounded(response: aiohttp.ClientResponse, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > most:
            response.close()
            raise TooLarge(f"an answer of more than {most:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None  # noqa: PLR2004
