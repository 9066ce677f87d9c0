"""Socket Mode with the real client of slack_bolt: one of N, redelivery, refresh, ten connections."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.conftest import ONCALL, Ledger, bolt, over_socket
from tests.slack.test_signed_http import BUTTON

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck

    from sandbox.slack import SlackServer


async def test_events_commands_and_presses_come_over_the_socket(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await told(body)

    async def command(ack: AsyncAck) -> None:
        await ack("here")

    app.action("go")(pressed)
    app.command("/irsa")(command)
    async with over_socket(server, app):
        server.driver.post_as("minji", "oncall", "AccessDenied")
        await told.reach(1)
        await app.client.chat_postMessage(channel=ONCALL, text="Go?", blocks=[BUTTON])
        await server.driver.press("go", "minji", channel="oncall")
        said = await server.driver.command("minji", "oncall", "/irsa")
        await told.reach(2)

    assert [body["type"] for body in told.seen] == ["event_callback", "block_actions"]
    assert said is not None
    assert said["text"] == "here"


async def test_each_event_goes_to_one_connection_only(server: SlackServer) -> None:
    ledgers = [Ledger(), Ledger(), Ledger()]
    async with AsyncExitStack() as stack:
        for told in ledgers:
            app = bolt(server)
            app.event("message")(told)
            await stack.enter_async_context(over_socket(server, app))
        for number in range(30):
            server.driver.post_as("minji", "oncall", f"number {number}")
        await server.workspace.delivery.settle()

    counts = [len(told.seen) for told in ledgers]
    assert sum(counts) == 30
    assert min(counts) > 0


async def test_what_a_broken_connection_did_not_acknowledge_comes_again_as_if_new(
    server: SlackServer,
) -> None:
    server.deliver_by_socket()
    async with aiohttp.ClientSession() as session:
        first = await _connect(server, session)
        server.driver.post_as("minji", "oncall", "AccessDenied")
        lost = await first.receive_json()
        second = await _connect(server, session)
        await first.close()
        again = await second.receive_json()
        await second.send_str(json.dumps({"envelope_id": again["envelope_id"]}))
        await server.workspace.delivery.settle()
        await second.close()

    assert again["payload"]["event_id"] == lost["payload"]["event_id"]
    assert again["envelope_id"] != lost["envelope_id"]
    assert again["retry_attempt"] == 0


async def test_what_is_not_acknowledged_in_time_comes_again_with_its_reason(
    hurried: SlackServer,
) -> None:
    hurried.deliver_by_socket()
    async with aiohttp.ClientSession() as session:
        socket = await _connect(hurried, session)
        hurried.driver.post_as("minji", "oncall", "AccessDenied")
        seen = [await socket.receive_json() for _ in range(4)]
        await hurried.workspace.delivery.settle()
        await socket.close()

    assert [(e["retry_attempt"], e["retry_reason"]) for e in seen] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]


async def test_an_app_that_raises_in_its_listener_is_told_again_when_it_answers_last(
    hurried: SlackServer,
) -> None:
    app = bolt(hurried, process_before_response=True)
    calls: list[int] = []

    async def fail_at_first(body: dict[str, Any]) -> None:
        del body
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the store is down")

    app.event("message")(fail_at_first)
    async with over_socket(hurried, app):
        hurried.driver.post_as("minji", "oncall", "AccessDenied")
        await hurried.workspace.delivery.settle()

    assert len(calls) == 2
    outcomes = [delivery.outcome for delivery in hurried.workspace.delivery.history]
    assert outcomes == ["timeout", "acknowledged"]


async def test_a_refresh_makes_the_client_connect_anew(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_socket(server, app):
        sockets = server.workspace.sockets
        already = sockets.accepted
        await sockets.disconnect()
        await sockets.reconnected(already)
        server.driver.post_as("minji", "oncall", "AccessDenied")
        await told.reach(1)

    assert len(told.seen) == 1


async def test_the_eleventh_connection_is_turned_away(server: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        held = [await _connect(server, session) for _ in range(10)]
        extra = await session.ws_connect(await _address(server))
        said = await extra.receive_json()
        for socket in [*held, extra]:
            await socket.close()

    assert (said["type"], said["reason"]) == ("disconnect", "too_many_websockets")


async def test_a_connection_needs_the_app_token_and_a_fresh_ticket(server: SlackServer) -> None:
    client = AsyncWebClient(token=server.workspace.app.bot_token, base_url=server.api_url)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.api_call("apps.connections.open")

    address = await _address(server)
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(address)
        assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)
        await socket.close()


async def _address(server: SlackServer) -> str:
    client = AsyncWebClient(base_url=server.api_url)
    opened = await client.apps_connections_open(app_token=server.workspace.app.app_token)
    return str(opened["url"])


async def _connect(
    server: SlackServer, session: aiohttp.ClientSession
) -> aiohttp.ClientWebSocketResponse:
    socket = await session.ws_connect(await _address(server))
    assert (await socket.receive_json())["type"] == "hello"
    return socket
