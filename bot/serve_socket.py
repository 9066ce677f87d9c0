"""The Socket Mode side: a connection that we open, kept by slack_sdk, and closed without losing an acknowledgement."""

from __future__ import annotations

import asyncio
import logging
from time import time
from typing import TYPE_CHECKING, Any, Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.envelope import LARGEST, read_object, request_for_bolt
from bot.slack.identity import SlackUnusable
from bot.trace import traced
from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from slack_sdk.socket_mode.request import SocketModeRequest

    from bot.service import Service

_CONNECT: Final = 20.0
"""Seconds for the first connection; later ones are tried until they succeed."""
_GRACE: Final = 3.0
_PING: Final = 10.0
"""Seconds between two pings; four without an answer end a connection."""


class _Wire(SocketModeClient):
    """The connection, which takes no frame that is too large or too deep: what HTTP refuses, this does."""

    service: Service

    async def enqueue_message(self, message: str) -> None:
        """Take a frame; Slack also sends empty ones, which say nothing."""
        if not message.startswith("{"):
            return
        if len(message.encode("utf-8", "replace")) > LARGEST:
            self.service.turned_away("too-large")
        elif read_object(message) is None:
            self.service.turned_away("malformed")
        else:
            await super().enqueue_message(message)


class Socket(AsyncSocketModeHandler):
    """Bolt's handler, which also knows what is under way."""

    def __init__(self, service: Service, app_token: str) -> None:
        self.app = service.bolt
        self.app_token = app_token
        self._service = service
        self.client = _Wire(
            app_token=app_token,
            web_client=AsyncWebClient(base_url=service.bench.client.base_url),
            logger=logging.getLogger("slack_bolt.socket"),
            ping_interval=_PING,
        )
        self.client.service = service
        listeners: Any = self.client.socket_mode_request_listeners
        listeners.append(self.handle)
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._closing = False

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # Bolt names the request otherwise
        """Handle one envelope; none once we are closing: Slack gives it to another connection."""
        if self._closing:
            return
        self._under_way += 1
        self._quiet.clear()
        try:
            await self._take(client, req)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()

    async def _take(self, client: SocketModeClient, req: SocketModeRequest) -> None:
        """Hand an envelope to Bolt, and acknowledge it; nonsense is not acknowledged, as HTTP answers it with 400."""
        began = time()
        incoming = request_for_bolt(
            lambda: AsyncBoltRequest(
                mode="socket_mode", body=req.payload, headers=build_headers(req)
            )
        )
        if incoming is None or not isinstance(req.envelope_id, str):
            self._service.turned_away("nonsense")
            return
        with traced(incoming.body):
            answer = await self.app.async_dispatch(incoming)
            await send_async_response(client, req, answer, began)

    async def open(self) -> None:
        """Connect.

        Raises:
            SlackUnusable: If Slack refuses the app token or does not answer.
        """
        keeper: Any = self.client
        try:
            # The library's own connect tries for ever, whatever the reason; so the token is tried first.
            keeper.wss_uri = await keeper.issue_new_wss_url()
            async with asyncio.timeout(_CONNECT):
                await keeper.connect()
        except SLACK_TROUBLE as error:
            raise SlackUnusable(
                f"Slack does not accept SLACK_APP_TOKEN ({error_name(error)}); it needs the scope "
                "connections:write, and the app must have Socket Mode switched on"
            ) from error

    @property
    def connected(self) -> bool:
        """Whether the connection is up."""
        session = self.client.current_session
        return session is not None and not session.closed

    async def close(self, *, refusing: bool = True) -> None:
        """Acknowledge what is under way, and hang up.

        Args:
            refusing: Take nothing more meanwhile; False: what comes on this connection would be lost to the next one.
        """
        self._closing = refusing
        try:
            async with asyncio.timeout(_GRACE):
                await self._quiet.wait()
        except TimeoutError:
            pass
        keeper: Any = self.client
        await keeper.close()


class Sockets:
    """The connection of now, which another of the same app may take the place of."""

    def __init__(self, service: Service, app_token: str) -> None:
        self._service = service
        self._current = Socket(service, app_token)

    @property
    def connected(self) -> bool:
        """Whether the connection is up."""
        return self._current.connected

    async def open(self) -> None:
        """Connect.

        Raises:
            SlackUnusable: If Slack refuses the app token or does not answer.
        """
        await self._current.open()

    async def replace(self, app_token: str) -> None:
        """Connect by another token, and hang up the connection before once what it brought is acknowledged.

        Raises:
            SlackUnusable: If Slack refuses the token or does not answer; then the connection before stays.
        """
        fresh = Socket(self._service, app_token)
        try:
            await fresh.open()
        except BaseException:
            await fresh.close()
            raise
        old, self._current = self._current, fresh
        await old.close(refusing=False)

    async def close(self) -> None:
        """Take nothing more, acknowledge what is under way, and hang up."""
        await self._current.close()
