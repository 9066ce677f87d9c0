"""A relay that puts a distance before a server: TLS and kept connections to the client, and a delay on each request.

What comes back is not delayed, so a call costs the delay once, and a TLS handshake its processor time alone. The
server is asked anew each time, because moto's keeps no connection open, as AWS's do.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from sandbox.stacked import Stacked

if TYPE_CHECKING:
    import ssl

_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"^content-length: *(\d+) *\r?$", re.IGNORECASE | re.MULTILINE)
_CONNECTION: Final = re.compile(rb"^connection:[^\n]*\n", re.IGNORECASE | re.MULTILINE)
_OPERATION: Final = re.compile(rb"\bAction=(\w+)|[Xx]-[Aa]mz-[Tt]arget: *\S+?\.(\w+)\r|^\w+ (\S+)")


@dataclass(slots=True, kw_only=True)
class Relay(Stacked):
    """Listens on 127.0.0.1 while the block runs.

    Attributes:
        tls: For those who connect.
        latency: Seconds that each request travels.
        upstream: URL of the server, which speaks plain HTTP; may be set after the start.
        services: Of each call so far its operation, and the seconds from its arrival to the end of its answer.
    """

    tls: ssl.SSLContext
    latency: float
    upstream: str = ""
    url: str = ""
    services: list[tuple[str, float]] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls, backlog=512)
        self._stack.callback(server.close)
        self.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(_END)
                arrived = clock()
                body = await reader.readexactly(_length(head))
                await asyncio.sleep(max(0.0, self.latency - (clock() - arrived)))
                asked = clock()
                answer = await self._ask(head, body)
                self.services.append((_operation(head + body), clock() - asked))
                writer.write(answer)
                await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()

    async def _ask(self, head: bytes, body: bytes) -> bytes:
        """Ask the server, and have its answer without its wish to close the connection."""
        there = urlsplit(self.upstream)
        back, away = await asyncio.open_connection(there.hostname, there.port)
        try:
            away.write(
                _CONNECTION.sub(b"", head).replace(_END, b"\r\nConnection: close" + _END) + body
            )
            head = await back.readuntil(_END)
            # Not until the connection ends: moto's server takes 10 ms to close it.
            body = await back.readexactly(_length(head))
        finally:
            away.close()
        return _CONNECTION.sub(b"", head) + body


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0


def _operation(request: bytes) -> str:
    """Name what AWS was asked: the query protocol's action, the JSON protocol's target, or the path."""
    found = {m.lastindex: m[m.lastindex or 0] for m in _OPERATION.finditer(request)}
    name = found.get(1) or found.get(2)
    if name is not None:
        return name.decode()
    path = (found.get(3) or b"").decode().partition("?")[0].strip("/").split("/")
    match path:
        case ["clusters", _]:
            return "DescribeCluster"
        case ["clusters", _, "pod-identity-associations"]:
            return "ListPodIdentityAssociations"
        case _:
            return "/".join(path)
