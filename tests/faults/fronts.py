"""Servers that stand before AWS, or in an API server's place, and fail in one way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from aiohttp import web

from sandbox.kube.tls import new_authority
from tests.clients.faulty import serving

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable

Handler = Any
"""Answers a request, or returns None to let it through."""

SLOW: Final = 8.0
"""Seconds; longer than any read is waited for here."""


def error(code: str, status: int, message: str = "") -> Handler:
    """What IAM and STS answer with."""
    text = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status, content_type="text/xml")

    return answer


async def slow(_: web.Request) -> web.StreamResponse:
    """Answer long after everybody has gone."""
    await asyncio.sleep(SLOW)
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    """Break the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def page(_: web.Request) -> web.StreamResponse:
    """A proxy's page in the place of AWS's answer."""
    return web.Response(text="<html><body>Please log in</body></html>", content_type="text/html")


def once(handler: Handler) -> Handler:
    """Fail the first time only."""
    left = [handler]

    async def answer(request: web.Request) -> web.StreamResponse | None:
        if not left:
            return None
        found: web.StreamResponse = await left.pop()(request)
        return found

    return answer


@asynccontextmanager
async def before_aws(real: str, action: str, fail: Handler) -> AsyncIterator[str]:
    """Pass everything on to the real server but one action; gives the URL."""
    async with aiohttp.ClientSession() as session:

        async def answer(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            if f"Action={action}&".encode() in body + b"&" or request.path.endswith(f"/{action}"):
                failed: web.StreamResponse | None = await fail(request)
                if failed is not None:
                    return failed
            async with session.request(
                request.method, real + request.path_qs, data=body, headers=request.headers
            ) as said:
                return web.Response(
                    body=await said.read(),
                    status=said.status,
                    content_type=said.content_type,
                )

        async with serving(answer) as url:
            yield url


@asynccontextmanager
async def bytes_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None,
) -> AsyncIterator[int]:
    """Speak whatever `talk` writes; gives the port."""
    running: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            # The server's end is no news to its connections.
            with contextlib.suppress(asyncio.CancelledError):
                await talk(reader, writer)
        finally:
            running.discard(task)
            with contextlib.suppress(OSError):
                writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


_HALF: Final = b'{"kind": "ServiceAccount", "metadata": {"name": "ext'


async def _silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(SLOW)


def _says(words: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(words)
        await writer.drain()

    return talk


_UNAVAILABLE: Final = _says(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
_TALKS: Final = {
    "accepts TLS, then hangs": _silent,
    "accepts TCP, then hangs": _silent,
    "answers 503": _UNAVAILABLE,
    "sends half a JSON": _says(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(_HALF) + _HALF
    ),
    "cuts its answer off": _says(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + _HALF),
    "speaks no TLS": _says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "shows another CA's certificate": _UNAVAILABLE,
}
_PLAIN: Final = frozenset({"accepts TCP, then hangs", "speaks no TLS"})


@asynccontextmanager
async def dead_cluster(kind: str) -> AsyncIterator[tuple[str, str]]:
    """An API server that fails so; gives its URL and the CA to trust."""
    authority = new_authority()
    if kind == "has no DNS name":
        yield "https://absent.invalid", authority.pem
    elif kind == "refuses connections":
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            yield f"https://127.0.0.1:{taken.getsockname()[1]}", authority.pem
    else:
        tls = None if kind in _PLAIN else authority.server
        trusted = new_authority() if "another CA" in kind else authority
        async with bytes_server(_TALKS[kind], tls) as port:
            yield f"https://127.0.0.1:{port}", trusted.pem
