"""A door that only pages of this very address may use.

A page of any other site can make a browser send requests to 127.0.0.1 (by DNS rebinding even with
readable answers). What presses buttons must therefore check who asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, TypeAlias

from aiohttp import web
from yarl import URL

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def refusal(request: web.Request) -> str | None:
    """Why a request may not pass, as a sentence; None if it may."""
    host = request.headers.get("Host", "")
    try:
        name = URL(f"http://{host}").host
    except ValueError:
        name = None
    if name not in _LOOPBACK:
        return "This demo answers on 127.0.0.1 and localhost only. Open it by that address."
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {f"http://{host}", f"https://{host}"}:
        return "A page of another site asked for this; only the demo's own page may."
    if request.headers.get("Sec-Fetch-Site") not in {None, "same-origin", "none"}:
        return "A page of another site asked for this; only the demo's own page may."
    return None


def loopback(handler: Handler) -> Handler:
    """Let only the demo's own page and programs of this machine through."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if (why := refusal(request)) is not None:
            return web.json_response({"error": why}, status=HTTPStatus.FORBIDDEN)
        return await handler(request)

    return guarded


def local(handler: Handler) -> Handler:
    """The same, and JSON only, which a page of another site cannot send without being asked first."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if request.method == "POST" and request.content_type != "application/json":
            words = "Send JSON: Content-Type must be application/json."
            return web.json_response({"error": words}, status=HTTPStatus.FORBIDDEN)
        return await handler(request)

    return loopback(guarded)
