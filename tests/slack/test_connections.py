"""The bot's calls to Slack share connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.slack.client import connections, make_client
from tests.clients.faulty import serving

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient


async def test_a_reply_of_many_calls_opens_one_connection_even_where_slack_refuses_some() -> None:
    peers = set()

    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        if request.path.endswith("reactions.add"):
            return web.json_response({"ok": False, "error": "already_reacted"})
        return web.json_response({"ok": True})

    async with serving(handler) as url, connections() as session:
        client = make_client("xoxb-1", f"{url}/api/", session)
        await reply(client)
        await reply(client)

    assert len(peers) == 1


async def reply(client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C1", text="one moment")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel="C1", timestamp="1.1", name="eyes")
    await client.chat_update(channel="C1", ts="1.2", text="the cause")
