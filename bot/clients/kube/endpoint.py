"""Where an API server is, and the connections to it."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.clients.kube.errors import TooLarge
from bot.clients.kube.request import Answer
from bot.fleet_file.loopback import is_loopback
from diagnostics.text.whole_number import whole_number

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

    def tls(self) -> ssl.SSLContext:
        """Trust the endpoint's authority, or the system's; show the client certificate, if there is one.

        Raises:
            OSError: A file of the endpoint can't be read, or its certificates are none (ssl.SSLError).
            ValueError: The CA is no PEM text.
        """
        context = ssl.create_default_context(cafile=self.ca_file, cadata=self.ca)
        if self.cert_file:
            context.load_cert_chain(self.cert_file, keyfile=self.key_file)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        # As Go's verifier and so kubectl do: cluster authorities often lack what strict mode asks for.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context


class Connections:
    """The connections to one endpoint. Never follows a redirect: the token is for this server."""

    def __init__(self, endpoint: Endpoint, context: ssl.SSLContext) -> None:
        self._endpoint = endpoint
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context),
            # HTTPS_PROXY and NO_PROXY hold, save for this machine.
            trust_env=not is_loopback(endpoint.url),
        )

    @classmethod
    async def open(cls, endpoint: Endpoint) -> Connections:
        """Prepare TLS in a thread, because reading certificates takes time.

        Raises:
            OSError: See `Endpoint.tls`.
            ValueError: The CA is no PEM text.
        """
        return cls(endpoint, await asyncio.to_thread(endpoint.tls))

    async def close(self) -> None:
        """Close them."""
        await self._session.close()

    async def exchange(self, request: Request, *, token: str | None, limits: Limits) -> Answer:
        """Send a request and read its answer, bounded in time and size.

        Raises:
            aiohttp.ClientError: No answer; see `errors.NOT_SENT`.
            TimeoutError: None in time.
        """
        headers = {"Accept": "application/json", "User-Agent": "irsa-doctor"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        arguments: dict[str, Any] = {}
        if request.body is not None:
            headers["Content-Type"] = request.content_type
            arguments["data"] = aiohttp.JsonPayload(request.body, content_type=request.content_type)
        if self._endpoint.server_name:
            arguments["server_hostname"] = self._endpoint.server_name
        timeout = aiohttp.ClientTimeout(
            total=limits.kube_request,
            connect=limits.kube_connect,
            sock_connect=limits.kube_connect,
        )
        async with self._session.request(
            request.method,
            self._endpoint.url + request.target,
            headers=headers,
            timeout=timeout,
            proxy=self._endpoint.proxy,
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
    return whole_number(text or "", digits=5)
