"""Serve a workspace on loopback: Web API, Socket Mode, response URLs and files."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self

import aiohttp
from aiohttp import web

from sandbox.slack import responding, web_api
from sandbox.slack.driver import Driver
from sandbox.slack.files import LARGEST
from sandbox.slack.loopback import loopback
from sandbox.slack.page_api import mount_workspace
from sandbox.slack.signed_http import SignedHttp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    from sandbox.slack.workspace import Workspace

_BODY: Final = LARGEST + (1 << 16)
_SIGN_IN: Final = "<!DOCTYPE html><title>Sign in | Slack</title><p>Sign in to see this file.</p>"


def mount_slack(app: web.Application, workspace: Workspace) -> None:
    """Answer for Slack: `/api/`, `/link/`, `/response/`, `/upload/` and `/files-pri/`."""

    def to(
        answer: Callable[[Workspace, web.Request], Awaitable[web.StreamResponse]],
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await answer(workspace, request)

        return loopback(handler)

    app.router.add_route("GET", "/api/{method}", to(web_api.answer))
    app.router.add_route("POST", "/api/{method}", to(web_api.answer))
    app.router.add_get("/link/", loopback(workspace.sockets.handle))
    app.router.add_post("/response/{key}", to(responding.handle))
    app.router.add_post("/upload/v1/{file}", to(_upload))
    app.router.add_get("/files-pri/{file}/{name:.+}", to(_download))

    async def stop(_app: web.Application) -> None:
        await workspace.delivery.close()
        await workspace.sockets.disconnect("link_disabled")

    app.on_shutdown.append(stop)


async def _upload(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    file = workspace.files.pending.get(request.match_info["file"])
    if file is None:
        return web.Response(status=HTTPStatus.NOT_FOUND, text="no such upload")
    if request.content_type == "multipart/form-data":
        form = await request.post()
        held = next(iter(form.values()), b"")
        body = held.file.read() if isinstance(held, web.FileField) else str(held).encode()
    else:
        body = await request.read()
    file.content = body[:LARGEST]
    return web.Response(text=f"OK - {len(file.content)}")


async def _download(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    """The file for who shows the bot's token; everyone else gets Slack's page to sign in."""
    file = workspace.files.kept.get(request.match_info["file"].rpartition("-")[2])
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token != workspace.app.bot_token or "files:read" not in workspace.app.scopes:
        return web.Response(text=_SIGN_IN, content_type="text/html")
    if file is None:
        return web.Response(status=HTTPStatus.NOT_FOUND, text="no such file")
    kind = "text/plain" if file.text is not None else "application/octet-stream"
    return web.Response(body=file.content, content_type=kind)


class SlackServer:
    """A workspace served on 127.0.0.1, with the page's doors; for tests and the demo.

    Use it as an async context manager. The app under test gets `api_url` as its Web API's address.

    Args:
        workspace: What to serve; its `base_url` is set.
        port: 0 takes a free one.
        mounts: What else to serve there, such as the page; each adds its routes to the application.

    Raises:
        OSError: On entering, if the port is taken.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        port: int = 0,
        mounts: Sequence[Callable[[web.Application], None]] = (),
    ) -> None:
        self.workspace = workspace
        self.port = port
        self.mounts = mounts
        self.driver = Driver(workspace)
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` must be, with the slash at its end."""
        return f"{self.workspace.base_url}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_BODY)
        mount_slack(app, self.workspace)
        mount_workspace(app, self.workspace)
        for mount in self.mounts:
            mount(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        self.workspace.base_url = f"http://127.0.0.1:{self.port}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    def deliver_by_http(self, request_url: str) -> SignedHttp:
        """Send events, commands and interactions to the app's request URL, signed."""
        assert self._session is not None, "enter the server first"
        transport = http_transport(self.workspace, request_url, self._session)
        self.workspace.delivery.transport = transport
        return transport

    def deliver_by_socket(self) -> None:
        """Send them to the app's Socket Mode connections."""
        self.workspace.delivery.transport = self.workspace.sockets


def http_transport(
    workspace: Workspace, request_url: str, session: aiohttp.ClientSession
) -> SignedHttp:
    """Signed HTTP delivery to `request_url`; assign it to `workspace.delivery.transport`."""
    return SignedHttp(
        url=request_url,
        app=workspace.app,
        timing=workspace.timing,
        clock=workspace.clock,
        session=session,
    )
