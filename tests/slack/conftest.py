"""A served workspace, and small apps made with the real slack_bolt, in both transports."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SlackServer, demo_workspace
from sandbox.slack.timing import Timing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack.signed_http import SignedHttp

QUICK = Timing(answer=20.0, trigger=20.0, retries=(0.0, 0.02, 0.04))
"""Slack's retries without their pauses; an answer may take its time, on a busy machine too."""

HURRIED = replace(QUICK, answer=0.6)
"""For tests of an answer that comes too late."""

ONCALL = "C0ONCALL01"
RANDOM = "C0RANDOM01"
SHARED = "C0PARTNER1"
WAR_ROOM = "G0WARROOM1"


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer(demo_workspace(timing=QUICK)) as running:
        yield running


@pytest.fixture
async def hurried() -> AsyncIterator[SlackServer]:
    async with SlackServer(demo_workspace(timing=HURRIED)) as running:
        yield running


@pytest.fixture
def client(server: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token=server.workspace.app.bot_token, base_url=server.api_url)


class Ledger:
    """What an app was told, in order."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    async def __call__(self, body: dict[str, Any]) -> None:
        self.seen.append(body)
        self._news.set()

    async def reach(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(30):
            while len(self.seen) < count:
                self._news.clear()
                await self._news.wait()
        return self.seen


def bolt(server: SlackServer, **options: Any) -> AsyncApp:
    """An app of slack_bolt that talks to the stand-in."""
    return AsyncApp(
        token=server.workspace.app.bot_token,
        signing_secret=server.workspace.app.signing_secret,
        client=AsyncWebClient(token=server.workspace.app.bot_token, base_url=server.api_url),
        **options,
    )


@asynccontextmanager
async def over_http(server: SlackServer, app: AsyncApp) -> AsyncIterator[SignedHttp]:
    """Serve a Bolt app at a request URL and deliver to it."""

    async def receive(request: web.Request) -> web.Response:
        response = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    served = web.Application()
    served.router.add_post("/slack/events", receive)
    async with serving(served) as base_url:
        yield server.deliver_by_http(f"{base_url}/slack/events")
        await server.workspace.delivery.settle()


@asynccontextmanager
async def over_socket(server: SlackServer, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect a Bolt app in Socket Mode and deliver to it."""
    already = len(server.workspace.sockets.connections)
    handler = AsyncSocketModeHandler(
        app,
        server.workspace.app.app_token,
        web_client=AsyncWebClient(base_url=server.api_url),
        logger=logging.getLogger("tests.socket"),
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]
    server.deliver_by_socket()
    await server.workspace.sockets.connected(already + 1)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serve an aiohttp application on a free port of loopback; its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
