"""An HTTP proxy on loopback that knows CONNECT and nothing else."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(slots=True)
class ConnectProxy:
    """What the proxy was asked.

    Attributes:
        port: Where it listens on 127.0.0.1.
        password: Of the user `bot`; None: anybody may pass.
        asked: `host:port` of every tunnel that was asked for.
        opened: How many were opened.
    """

    password: str | None = None
    port: int = 0
    asked: list[str] = field(default_factory=list)
    opened: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Open one tunnel, or refuse it."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split(" ", 2)
            self.asked.append(target)
            if method != "CONNECT":
                writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
                return
            if self.password is not None and self._expected() not in head:
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                    b"Proxy-Authenticate: Basic realm=proxy\r\nContent-Length: 0\r\n\r\n"
                )
                return
            host, _, port = target.rpartition(":")
            there, away = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.opened += 1
            await asyncio.gather(_pump(reader, away), _pump(there, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            with contextlib.suppress(OSError):
                await writer.drain()
            writer.close()

    def _expected(self) -> str:
        coded = base64.b64encode(f"bot:{self.password}".encode()).decode()
        return f"Proxy-Authorization: Basic {coded}"


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def connect_proxy(password: str | None = None) -> AsyncIterator[ConnectProxy]:
    """Run a proxy while the block runs."""
    proxy = ConnectProxy(password=password)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
