"""The Web API as the real slack_sdk client sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SlackApp, SlackServer, app_from_manifest, demo_workspace
from sandbox.slack.faults import POST_BURST, Fault
from tests.slack.conftest import ONCALL, RANDOM, WAR_ROOM

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hello"}]}],
}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


async def refused(call: Awaitable[object]) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


async def test_auth_test_tells_who_the_app_is_and_its_scopes(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert (answer["user_id"], answer["bot_id"]) == ("U0IRSABOT1", "B0IRSABOT1")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_tokens_are_checked(server: SlackServer) -> None:
    async def ask(token: str | None) -> dict[str, Any]:
        return await refused(AsyncWebClient(token=token, base_url=server.api_url).auth_test())

    assert (await ask("xoxb-wrong"))["error"] == "invalid_auth"
    assert (await ask(None))["error"] == "not_authed"
    assert (await ask(server.workspace.app.app_token))["error"] == "not_allowed_token_type"


async def test_a_missing_scope_is_named() -> None:
    app = SlackApp(scopes=frozenset({"chat:write"}))
    async with SlackServer(demo_workspace(app)) as server:
        client = AsyncWebClient(token=app.bot_token, base_url=server.api_url)
        data = await refused(client.users_info(user="U0MINJI001"))

    assert data["error"] == "missing_scope"
    assert (data["needed"], data["provided"]) == ("users:read", "chat:write")


async def test_the_scope_follows_the_kind_of_channel() -> None:
    app = SlackApp(scopes=frozenset({"channels:history"}))
    async with SlackServer(demo_workspace(app)) as server:
        client = AsyncWebClient(token=app.bot_token, base_url=server.api_url)
        await client.conversations_history(channel=ONCALL)
        data = await refused(client.conversations_history(channel=WAR_ROOM))

    assert (data["error"], data["needed"]) == ("missing_scope", "groups:history")


async def test_arguments_are_checked_by_name(client: AsyncWebClient) -> None:
    missing = await refused(client.api_call("chat.update", json={"channel": ONCALL}))
    unknown = await refused(
        client.api_call("chat.postMessage", json={"channel": ONCALL, "txt": "hello"})
    )

    assert missing["error"] == unknown["error"] == "invalid_arguments"
    assert missing["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]
    assert unknown["response_metadata"]["messages"] == ["[ERROR] unknown argument: txt"]


async def test_an_unknown_method_is_named(client: AsyncWebClient) -> None:
    data = await refused(client.api_call("chat.postMesage", json={}))

    assert (data["error"], data["req_method"]) == ("unknown_method", "chat.postMesage")


async def test_a_json_body_counts_only_where_slack_reads_one(client: AsyncWebClient) -> None:
    data = await refused(client.api_call("users.info", json={"user": "U0MINJI001"}))

    assert data["error"] == "invalid_arguments"


Refusal = tuple["Callable[[AsyncWebClient], Awaitable[object]]", str]

REFUSALS: dict[str, Refusal] = {
    "an unknown channel": (
        lambda c: c.chat_postMessage(channel="C404", text="x"),
        "channel_not_found",
    ),
    "a channel without the app": (
        lambda c: c.chat_postMessage(channel=RANDOM, text="x"),
        "not_in_channel",
    ),
    "nothing to say": (
        lambda c: c.api_call("chat.postMessage", json={"channel": ONCALL}),
        "no_text",
    ),
    "a thread that is not there": (
        lambda c: c.chat_postMessage(channel=ONCALL, text="x", thread_ts="1.2"),
        "thread_not_found",
    ),
    "51 blocks": (
        lambda c: c.chat_postMessage(channel=ONCALL, text="x", blocks=[SECTION] * 51),
        "invalid_blocks",
    ),
    "blocks that are no list": (
        lambda c: c.chat_postMessage(channel=ONCALL, text="x", blocks='{"type": "section"}'),
        "invalid_blocks_format",
    ),
    "too much text in the blocks": (
        lambda c: c.chat_postMessage(
            channel=ONCALL,
            text="x",
            blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5,
        ),
        "msg_blocks_too_long",
    ),
    "markdown beside text": (
        lambda c: c.chat_postMessage(channel=ONCALL, text="x", markdown_text="*x*"),
        "markdown_text_conflict",
    ),
    "metadata without a type": (
        lambda c: c.chat_postMessage(channel=ONCALL, text="x", metadata={"event_payload": {}}),
        "invalid_metadata_format",
    ),
    "another name": (
        lambda c: c.chat_postMessage(channel=ONCALL, text="x", username="root"),
        "missing_scope",
    ),
    "an update of nothing": (
        lambda c: c.chat_update(channel=ONCALL, ts="1.2", text="x"),
        "message_not_found",
    ),
    "a whisper to one who is not there": (
        lambda c: c.chat_postEphemeral(channel=ONCALL, user="U0GUEST001", text="x"),
        "user_not_in_channel",
    ),
    "replies to nothing": (
        lambda c: c.conversations_replies(channel=ONCALL, ts="1.2"),
        "thread_not_found",
    ),
    "the history of a channel without the app": (
        lambda c: c.conversations_history(channel=RANDOM),
        "not_in_channel",
    ),
    "an unknown user": (lambda c: c.users_info(user="U404"), "user_not_found"),
    "an unknown group": (lambda c: c.usergroups_users_list(usergroup="S404"), "no_such_subteam"),
    "a trigger that was never issued": (
        lambda c: c.views_open(
            trigger_id="1.2.x",
            view={
                "type": "modal",
                "title": {"type": "plain_text", "text": "T"},
                "blocks": [SECTION],
            },
        ),
        "invalid_trigger_id",
    ),
    "a status on no thread": (
        lambda c: c.assistant_threads_setStatus(channel_id=ONCALL, thread_ts="1.2", status="x"),
        "invalid_thread_ts",
    ),
    "a reaction to nothing": (
        lambda c: c.reactions_add(channel=ONCALL, timestamp="1.2", name="eyes"),
        "message_not_found",
    ),
    "a snippet of an unknown type": (
        lambda c: c.files_getUploadURLExternal(filename="x", length=1, snippet_type="klingon"),
        "unknown_snippet_type",
    ),
    "an unknown file": (lambda c: c.files_info(file="F404"), "file_not_found"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_slack_refuses(name: str, client: AsyncWebClient) -> None:
    call, error = REFUSALS[name]

    assert (await refused(call(client)))["error"] == error


async def test_a_fault_in_the_blocks_is_told_by_pointer(client: AsyncWebClient) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    data = await refused(client.chat_postMessage(channel=ONCALL, text="x", blocks=blocks))

    assert data["errors"] == [
        "text has 151 characters; at most 150 are allowed [json-pointer:/blocks/0/text/text]"
    ]
    validated = await refused(client.blocks_validate(blocks=blocks))
    assert validated["errors"][0]["pointer"] == "/blocks/0/text/text"


async def test_text_over_40000_characters_is_cut_with_a_warning(client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel=ONCALL, text="x" * 40_001)

    assert len(answer["message"]["text"]) == 40_000
    assert answer["response_metadata"]["warnings"] == ["message_truncated"]


async def test_update_keeps_to_its_rules(server: SlackServer, client: AsyncWebClient) -> None:
    rich = await client.chat_postMessage(channel=ONCALL, text="a", blocks=[RICH, SECTION])
    theirs = server.driver.post_as("minji", ONCALL, "mine")

    async def update(ts: str, **content: Any) -> dict[str, Any]:
        return await refused(client.chat_update(channel=ONCALL, ts=ts, **content))

    assert (await update(rich["ts"], text="b", blocks=[SECTION]))["error"] == "block_mismatch"
    assert (await update(rich["ts"], text="x" * 4001))["error"] == "msg_too_long"
    assert (await update(theirs, text="b"))["error"] == "cant_update_message"

    answer = await client.chat_update(channel=ONCALL, ts=rich["ts"], text="b")
    assert answer["message"]["blocks"][1]["text"]["text"] == "hello"  # not sent, so retained
    assert answer["message"]["edited"]["user"] == "U0IRSABOT1"


async def test_a_thread_is_read_oldest_first_and_in_pages(
    server: SlackServer, client: AsyncWebClient
) -> None:
    root = server.driver.post_as("minji", ONCALL, "AccessDenied")
    for number in range(4):
        await client.chat_postMessage(channel=ONCALL, thread_ts=root, text=str(number))

    first = await client.conversations_replies(channel=ONCALL, ts=root, limit=3)
    rest = await client.conversations_replies(
        channel=ONCALL, ts=root, cursor=first["response_metadata"]["next_cursor"], limit=3
    )

    assert first["messages"][0]["reply_count"] == 4
    assert [m["text"] for m in first["messages"] + rest["messages"]] == [
        "AccessDenied",
        "0",
        "1",
        "2",
        "3",
    ]
    roots = await client.conversations_history(channel=ONCALL)
    assert [m["text"] for m in roots["messages"]] == ["AccessDenied"]


async def test_people_are_described_with_what_forbids_them_to_act(client: AsyncWebClient) -> None:
    guest = (await client.users_info(user="U0GUEST001"))["user"]
    stranger = (await client.users_info(user="U0STRANGE1"))["user"]
    member = (await client.users_info(user="U0JISOO001", include_locale=True))["user"]

    assert guest["is_restricted"] is True
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0PARTNER1")
    assert (member["is_restricted"], member["locale"]) == (False, "ko-KR")


async def test_user_groups_need_a_paid_plan(server: SlackServer, client: AsyncWebClient) -> None:
    assert (await client.usergroups_users_list(usergroup="S0ONCALL01"))["users"] == ["U0OMAR0001"]

    server.workspace.paid = False
    assert (await refused(client.usergroups_list()))["error"] == "plan_upgrade_required"


async def test_a_file_goes_up_and_a_snippet_comes_down(
    server: SlackServer, client: AsyncWebClient
) -> None:
    root = server.driver.post_as("minji", ONCALL, "log", files={"pod.log": "AccessDenied"})
    file = server.workspace.messages[ONCALL][root].files[0]

    info = await client.files_info(file=file["id"])
    assert info["content"] == "AccessDenied"
    async with aiohttp.ClientSession() as session:
        bearer = {"Authorization": f"Bearer {client.token}"}
        async with session.get(file["url_private"], headers=bearer) as response:
            assert await response.text() == "AccessDenied"
        async with session.get(file["url_private"]) as response:
            assert "Sign in" in await response.text()

    await client.files_upload_v2(
        content="-a\n+b",
        filename="policy.diff",
        snippet_type="diff",
        channel=ONCALL,
        thread_ts=root,
    )
    (reply,) = server.driver.replies(ONCALL, root)
    assert (reply.subtype, reply.files[0]["filetype"]) == ("file_share", "diff")


async def test_a_status_shows_until_the_app_says_something(
    server: SlackServer, client: AsyncWebClient
) -> None:
    root = server.driver.post_as("minji", ONCALL, "AccessDenied")
    await client.assistant_threads_setStatus(
        channel_id=ONCALL, thread_ts=root, status="is reading the trust policy"
    )
    shown = server.workspace.status(ONCALL, root)
    await client.chat_postMessage(channel=ONCALL, thread_ts=root, text="found")

    assert shown == "is reading the trust policy"
    assert server.workspace.status(ONCALL, root) == ""


async def test_a_reaction_can_be_added_once_and_taken_back(
    server: SlackServer, client: AsyncWebClient
) -> None:
    ts = server.driver.post_as("minji", ONCALL, "AccessDenied")
    where = {"channel": ONCALL, "timestamp": ts, "name": "eyes"}
    await client.reactions_add(**where)

    assert (await refused(client.reactions_add(**where)))["error"] == "already_reacted"
    await client.reactions_remove(**where)
    assert (await refused(client.reactions_remove(**where)))["error"] == "no_reaction"


async def test_posts_to_one_channel_are_limited_when_switched_on(
    server: SlackServer, client: AsyncWebClient
) -> None:
    server.workspace.limits.enabled = True
    frozen = server.workspace.clock.now()
    server.workspace.clock.source = lambda: frozen

    for _ in range(POST_BURST):
        await client.chat_postMessage(channel=ONCALL, text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=ONCALL, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"

    await client.chat_postMessage(channel=WAR_ROOM, text="another channel")
    server.workspace.clock.advance(1)
    await client.chat_postMessage(channel=ONCALL, text="x")


async def test_a_planned_fault_strikes_once(server: SlackServer, client: AsyncWebClient) -> None:
    server.workspace.faults.plan("chat.postMessage", Fault(error="internal_error"))
    data = await refused(client.chat_postMessage(channel=ONCALL, text="x"))
    assert data["error"] == "internal_error"

    server.workspace.faults.plan("chat.postMessage", Fault(retry_after=0))
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await client.chat_postMessage(channel=ONCALL, text="y")
    assert [m.text for m in server.workspace.messages[ONCALL].values()] == ["y"]


async def test_an_answer_can_get_lost_after_the_work_is_done(server: SlackServer) -> None:
    server.workspace.faults.plan("chat.postMessage", Fault(after_acting=True))
    client = AsyncWebClient(
        token=server.workspace.app.bot_token, base_url=server.api_url, retry_handlers=[]
    )
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=ONCALL, text="x")

    assert [m.text for m in server.workspace.messages[ONCALL].values()] == ["x"]


async def test_the_app_may_do_what_its_manifest_says() -> None:
    app = app_from_manifest(
        """
        display_information: {name: X}
        features:
          bot_user: {display_name: doctor}
          slash_commands: [{command: /doctor, description: d}]
        oauth_config: {scopes: {bot: [chat:write], bot_optional: [files:write]}}
        settings: {event_subscriptions: {bot_events: [app_mention]}}
        """
    )

    assert (app.name, app.events) == ("doctor", frozenset({"app_mention"}))
    assert app.scopes == {"chat:write", "files:write"}
    assert [item.command for item in app.commands] == ["/doctor"]
    with pytest.raises(ValueError, match="no display_information"):
        app_from_manifest("- 1")


async def test_many_calls_at_once_get_timestamps_of_their_own(client: AsyncWebClient) -> None:
    answers = await asyncio.gather(
        *(client.chat_postMessage(channel=ONCALL, text=str(n)) for n in range(30))
    )

    assert len({answer["ts"] for answer in answers}) == 30


DEEP = "[" * 50_000 + "]" * 50_000
NESTED = '{"a":' * 600 + "1" + "}" * 600


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json", "[]", "json_not_object"),
        ("application/json", DEEP, "invalid_json"),
        ("application/json", '{"channel": "C0ONCALL01", "blocks": 7}', "invalid_blocks_format"),
        (
            "application/json",
            '{"channel": "C0ONCALL01", "text": "x", "blocks": [{"type": "video", "a": '
            + NESTED
            + "}]}",
            "invalid_arguments",
        ),
        (
            "application/x-www-form-urlencoded",
            "channel=C0ONCALL01&blocks=" + DEEP,
            "invalid_blocks",
        ),
        ("application/x-www-form-urlencoded", "channel[]=1&text=x", "invalid_arguments"),
        ("text/plain", "hello", "invalid_arguments"),
    ],
)
async def test_nonsense_gets_a_name_and_never_an_exception(
    server: SlackServer, content_type: str, body: str, error: str
) -> None:
    headers = {
        "Content-Type": content_type,
        "Authorization": f"Bearer {server.workspace.app.bot_token}",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.api_url}chat.postMessage", data=body, headers=headers) as answer,
    ):
        assert answer.status == 200
        assert (await answer.json())["error"].startswith(error)


async def test_a_page_of_another_site_cannot_use_the_known_token(server: SlackServer) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{server.api_url}auth.test?token={server.workspace.app.bot_token}",
            headers={"Host": "rebound.example"},
        ) as answer,
    ):
        assert answer.status == 403
