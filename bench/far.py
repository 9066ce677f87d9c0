"""A relay that puts a distance before a server: TLS to the client, and a delay on each of its requests.

What comes back is not delayed, so a call costs the delay once, and a TLS handshake its processor time alone.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

_CHUNK = 65_536


@dataclass(slots=True, kw_only=True)
class Relay:
    """Listens on 127.0.0.1 while the block runs.

    Attributes:
        tls: For those who connect.
        latency: Seconds that each request travels.
        upstream: URL of the server, which speaks plain HTTP; may be set after the start.
        services: Seconds from a request's arrival at the server to the end of its answer, of each call so far.
    """

    tls: ssl.SSLContext
    latency: float
    upstream: str = ""
    url: str = ""
    services: list[float] = field(default_factory=list)
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
        exchange = _Exchange()
        both = asyncio.gather(
            self._there(reader, away, exchange), self._back(back, writer, exchange)
        )
        try:
            await both
        except (OSError, asyncio.IncompleteReadError):
            both.cancel()
        finally:
            self._note(exchange)
            for one in (away, writer):
                with contextlib.suppress(OSError, RuntimeError):
                    one.close()

    async def _there(
        self, reader: asyncio.StreamReader, away: asyncio.StreamWriter, exchange: _Exchange
    ) -> None:
        """Carry requests; parts of one that follow each other travel together."""
        clock = asyncio.get_running_loop().time
        while data := await reader.read(_CHUNK):
            arrived = clock()
            if exchange.answered is not None or exchange.asked is None:
                self._note(exchange)
                await asyncio.sleep(self.latency)
                exchange.asked, exchange.answered = clock(), None
            else:
                # The body after the head: on its way already.
                await asyncio.sleep(max(0.0, self.latency - (arrived - exchange.began)))
            exchange.began = arrived
            away.write(data)
            await away.drain()
        away.close()

    async def _back(
        self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, exchange: _Exchange
    ) -> None:
        clock = asyncio.get_running_loop().time
        while data := await back.read(_CHUNK):
            exchange.answered = clock()
            writer.write(data)
            await writer.drain()
        writer.close()

    def _note(self, exchange: _Exchange) -> None:
        if exchange.asked is not None and exchange.answered is not None:
            self.services.append(exchange.answered - exchange.asked)
        exchange.asked = exchange.answered = None


@dataclass(slots=True)
class _Exchange:
    """The call under way on a connection."""

    asked: float | None = None
    answered: float | None = None
    began: float = 0.0
