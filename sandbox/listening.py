"""An application on a free port of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from contextlib import AsyncExitStack
    from ssl import SSLContext


async def listening(
    stack: AsyncExitStack, app: web.Application, tls: SSLContext | None = None
) -> str:
    """Serve an application on a free port of 127.0.0.1 until the stack is closed; its URL, without a path."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    host, port = runner.addresses[0][:2]
    return f"{'http' if tls is None else 'https'}://{host}:{port}"
