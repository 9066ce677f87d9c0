"""A relay that puts a distance before a server: TLS to the client, and a delay on each of its requests.

What comes back is not delayed, so a call costs the delay once, and a TLS handshake its processor time alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

_CHUNK: Final = 65_536
_OPERATION: Final = re.compile(rb"\bAction=(\w+)|[Xx]-[Aa]mz-[Tt]arget: *\S+?\.(\w+)\r|^\w+ (\S+)")


@dataclass(slots=True, kw_only=True)
class Relay:
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

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = urlsplit(self.upstream)
        try:
            back, away = await asyncio.open_connection(there.hostname, there.port)
        except OSError:
            writer.close()
            return
        call = _Call()
        both = asyncio.gather(self._there(reader, away, call), self._back(back, writer, call))
        try:
            await both
        except (OSError, asyncio.IncompleteReadError):
            both.cancel()
        finally:
            self._note(call)
            for one in (away, writer):
                with contextlib.suppress(OSError, RuntimeError):
                    one.close()

    async def _there(
        self, reader: asyncio.StreamReader, away: asyncio.StreamWriter, call: _Call
    ) -> None:
        """Carry requests; the parts of one that follow each other travel together."""
        clock = asyncio.get_running_loop().time
        while data := await reader.read(_CHUNK):
            arrived = clock()
            if call.answered is not None or call.asked is None:
                self._note(call)
                await asyncio.sleep(self.latency)
                call.asked, call.began, call.text = clock(), arrived, b""
            else:
                # The body after the head: on its way already.
                await asyncio.sleep(max(0.0, self.latency - (arrived - call.began)))
            call.text += data[:4096]
            away.write(data)
            await away.drain()
        away.close()

    async def _back(
        self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, call: _Call
    ) -> None:
        clock = asyncio.get_running_loop().time
        while data := await back.read(_CHUNK):
            call.answered = clock()
            writer.write(data)
            await writer.drain()
        writer.close()

    def _note(self, call: _Call) -> None:
        if call.asked is not None and call.answered is not None:
            self.services.append((_operation(call.text), call.answered - call.asked))
        call.asked = call.answered = None


@dataclass(slots=True)
class _Call:
    """The call under way on a connection."""

    text: bytes = b""
    asked: float | None = None
    answered: float | None = None
    began: float = 0.0


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
