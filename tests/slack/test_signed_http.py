"""Events, commands and interactions by signed HTTP, taken by a real slack_bolt app."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from sandbox.slack.delivery import NotAcknowledged
from tests.slack.conftest import ONCALL, RANDOM, SHARED, Ledger, bolt, over_http, serving

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncSay

    from sandbox.slack import SlackServer

BUTTON = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "go",
            "text": {"type": "plain_text", "text": "Go on"},
            "value": "v1",
        }
    ],
}


async def test_a_mention_comes_twice_with_two_event_ids(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    app.event("app_mention")(told)
    async with over_http(server, app):
        ts = server.driver.post_as("minji", "oncall", "@irsa what is this?")
        bodies = await told.reach(2)

    assert {body["event"]["type"] for body in bodies} == {"message", "app_mention"}
    assert {body["event"]["ts"] for body in bodies} == {ts}
    assert len({body["event_id"] for body in bodies}) == 2
    first = next(body for body in bodies if body["event"]["type"] == "message")
    assert first["event"]["channel_type"] == "channel"
    assert first["event"]["event_ts"] == ts
    assert first["event"]["text"] == "<@U0IRSABOT1> what is this?"
    assert first["event"]["client_msg_id"]
    assert first["authorizations"][0]["user_id"] == "U0IRSABOT1"
    assert first["is_ext_shared_channel"] is False


async def test_a_direct_message_is_no_mention(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    app.event("app_mention")(told)
    async with over_http(server, app):
        server.driver.post_as("minji", "@minji", "@irsa hello")
        await told.reach(1)

    assert [body["event"]["channel_type"] for body in told.seen] == ["im"]


async def test_the_app_hears_nothing_of_channels_that_it_is_not_in(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_http(server, app):
        server.driver.post_as("minji", RANDOM, "@irsa are you here?")
        server.driver.post_as("minji", ONCALL, "and here?")
        await told.reach(1)

    assert [body["event"]["channel"] for body in told.seen] == [ONCALL]


async def test_an_alert_holds_its_text_in_attachments_and_may_be_edited(
    server: SlackServer,
) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_http(server, app):
        ts = server.driver.alert("alertmanager", "oncall", attachments=[{"text": "resolved"}])
        await told.reach(1)
        server.driver.edit("oncall", ts, attachments=[{"text": "firing"}])
        posted, edited = await told.reach(2)

    assert posted["event"]["text"] == ""
    assert posted["event"]["bot_id"] == "B0ALERTS01"
    assert "subtype" not in posted["event"]
    assert posted["event"]["attachments"] == [{"id": 1, "text": "resolved"}]
    event = edited["event"]
    assert event["subtype"] == "message_changed"
    assert "user" not in event
    assert event["message"]["attachments"] == [{"id": 1, "text": "firing"}]
    assert event["previous_message"]["attachments"] == [{"id": 1, "text": "resolved"}]


async def test_a_snippet_comes_as_a_file_share(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_http(server, app):
        server.driver.post_as("minji", "oncall", "", files={"pod.log": "AccessDenied"})
        (body,) = await told.reach(1)

    assert body["event"]["subtype"] == "file_share"
    file = body["event"]["files"][0]
    assert (file["name"], file["mode"], file["size"]) == ("pod.log", "snippet", 12)


async def test_a_stranger_is_flagged_in_a_shared_channel(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_http(server, app):
        server.driver.post_as("sam", SHARED, "AccessDenied")
        (body,) = await told.reach(1)

    assert body["is_ext_shared_channel"] is True
    assert body["team_id"] == "T0EXAMPLE1"
    assert body["event"]["user_team"] == "T0PARTNER1"


async def test_an_invitation_and_the_home_tab_are_events(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("member_joined_channel")(told)
    app.event("app_home_opened")(told)
    async with over_http(server, app):
        server.driver.invite_app(RANDOM, by="omar")
        server.driver.open_home("minji")
        await told.reach(2)

    kinds = {body["event"]["type"]: body["event"] for body in told.seen}
    assert kinds["member_joined_channel"]["user"] == "U0IRSABOT1"
    assert kinds["member_joined_channel"]["inviter"] == "U0OMAR0001"
    assert kinds["app_home_opened"]["tab"] == "home"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (web.HTTPInternalServerError, "http_error"),
        (web.HTTPNotFound, "http_error"),
    ],
)
async def test_a_refused_event_comes_again_three_times(
    server: SlackServer, answer: type[web.HTTPException], reason: str
) -> None:
    heads: list[tuple[str | None, str | None]] = []

    async def refuse(request: web.Request) -> web.Response:
        heads.append(
            (request.headers.get("x-slack-retry-num"), request.headers.get("x-slack-retry-reason"))
        )
        raise answer

    async with serving(_app(refuse)) as base_url:
        server.deliver_by_http(f"{base_url}/slack/events")
        server.driver.post_as("minji", "oncall", "hello")
        await server.workspace.delivery.settle()

    assert heads == [(None, None), ("1", reason), ("2", reason), ("3", reason)]
    identifiers = {delivery.identifier for delivery in server.workspace.delivery.history}
    assert len(identifiers) == 1


async def test_a_slow_answer_is_a_timeout_and_comes_again(hurried: SlackServer) -> None:
    calls = 0

    async def slow_at_first(_request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.sleep(2 * hurried.workspace.timing.answer)
        return web.Response()

    async with serving(_app(slow_at_first)) as base_url:
        hurried.deliver_by_http(f"{base_url}/slack/events")
        hurried.driver.post_as("minji", "oncall", "hello")
        await hurried.workspace.delivery.settle()

    outcomes = [delivery.outcome for delivery in hurried.workspace.delivery.history]
    assert outcomes == ["http_timeout", "acknowledged"]


async def test_an_app_can_ask_for_no_retry(server: SlackServer) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    async with serving(_app(refuse)) as base_url:
        server.deliver_by_http(f"{base_url}/slack/events")
        server.driver.post_as("minji", "oncall", "hello")
        await server.workspace.delivery.settle()

    assert len(server.workspace.delivery.history) == 1


async def test_nobody_listening_is_a_failed_connection(server: SlackServer) -> None:
    server.deliver_by_http("http://127.0.0.1:9/slack/events")
    server.driver.post_as("minji", "oncall", "hello")
    await server.workspace.delivery.settle()

    outcomes = [delivery.outcome for delivery in server.workspace.delivery.history]
    assert outcomes == ["connection_failed"] * 4


async def test_bolt_refuses_another_secret(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app._signing_secret = "another"
    app = type(app)(token="xoxb-x", signing_secret="another", client=app.client)
    app.event("message")(told)
    async with over_http(server, app):
        server.driver.post_as("minji", "oncall", "hello")
        await server.workspace.delivery.settle()

    assert told.seen == []
    assert {d.outcome for d in server.workspace.delivery.history} == {"http_error"}


async def test_the_same_bytes_can_be_sent_again(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_http(server, app) as transport:
        server.driver.post_as("minji", "oncall", "hello")
        await told.reach(1)
        status, _, _ = await transport.post(transport.requests[-1])
        first, again = await told.reach(2)

    assert status == 200
    assert first["event_id"] == again["event_id"]


async def test_the_request_url_is_verified(server: SlackServer) -> None:
    async with over_http(server, bolt(server)) as transport:
        assert await transport.verify_url()


async def test_a_press_tells_who_pressed_and_where(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()

    async def pressed(ack: AsyncAck, body: dict[str, Any], say: AsyncSay) -> None:
        await ack()
        await told(body)
        await say(text="done", thread_ts=body["container"]["message_ts"])

    app.action("go")(pressed)
    async with over_http(server, app):
        root = server.driver.post_as("sam", SHARED, "AccessDenied")
        posted = await app.client.chat_postMessage(
            channel=SHARED, thread_ts=root, text="Go?", blocks=[BUTTON]
        )
        await server.driver.press("Go on", "sam", channel=SHARED)
        (body,) = await told.reach(1)
        await server.driver.wait_for(lambda: server.driver.replies(SHARED, root)[1:])

    assert body["type"] == "block_actions"
    assert body["user"] == {
        "id": "U0STRANGE1",
        "username": "sam",
        "name": "sam",
        "team_id": "T0PARTNER1",
    }
    assert body["team"]["id"] == "T0EXAMPLE1"
    assert body["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": SHARED,
        "is_ephemeral": False,
        "thread_ts": root,
    }
    assert body["actions"][0]["value"] == "v1"
    assert body["message"]["ts"] == posted["ts"]


async def test_a_press_that_nobody_acknowledges_is_an_error_to_the_presser(
    hurried: SlackServer,
) -> None:
    app = bolt(hurried)

    async def silent(body: dict[str, Any]) -> None:
        del body

    app.action("go")(silent)
    async with over_http(hurried, app):
        await app.client.chat_postMessage(channel=ONCALL, text="Go?", blocks=[BUTTON])
        with pytest.raises(NotAcknowledged, match=r"did not answer|error"):
            await hurried.driver.press("go", "minji", channel="oncall")


async def test_a_command_answers_at_once_or_by_its_response_url(server: SlackServer) -> None:
    app = bolt(server)

    async def command(ack: AsyncAck, respond: Any, body: dict[str, Any]) -> None:
        assert body["channel_name"] == "oncall"
        await ack(f"You said {body['text']}")
        await respond(text="for all", response_type="in_channel")

    app.command("/irsa")(command)
    async with over_http(server, app):
        said = await server.driver.command("minji", "oncall", "/irsa help <me>")
        posted = await server.driver.wait_for(lambda: list(server.workspace.messages[ONCALL]))

    assert said is not None
    assert said["text"] == "You said help &lt;me&gt;"
    assert server.workspace.messages[ONCALL][posted[0]].text == "for all"
    assert [m.text for m in server.driver.whispers("minji")] == ["You said help &lt;me&gt;"]


def _app(handler: Any) -> web.Application:
    served = web.Application()
    served.router.add_post("/slack/events", handler)
    return served
