"""Serve the page from the demo's own aiohttp application."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from sandbox.page import PAGE

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
"""On every answer of the page; the policy repeats the page's own `<meta>`, plus `frame-ancestors`,
which a `<meta>` cannot carry (W3C, Content Security Policy Level 3, section 6.4.2)."""


def mount_page(app: web.Application) -> None:
    """Answer `/` with the page and `/static/` with its scripts and styles.

    Args:
        app: The application that also serves `/workspace/` and `/world/` on the same origin.
    """

    async def index(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html", headers=HEADERS)

    async def guard(request: web.Request, response: web.StreamResponse) -> None:
        if request.path.startswith("/static/"):
            response.headers.update(HEADERS)

    app.router.add_get("/", index)
    app.router.add_static("/static/", PAGE / "static")
    app.on_response_prepare.append(guard)
