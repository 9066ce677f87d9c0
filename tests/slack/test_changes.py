"""What changes under the app's feet: membership, sharing, groups, accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack.driver import Impossible
from tests.slack.conftest import ONCALL, WAR_ROOM, Ledger, bolt, over_http

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackServer


async def test_an_app_that_was_removed_cannot_post(
    server: SlackServer, client: AsyncWebClient
) -> None:
    server.driver.remove_app(ONCALL)
    server.driver.remove_app(WAR_ROOM)

    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.chat_postMessage(channel=ONCALL, text="x")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_postMessage(channel=WAR_ROOM, text="x")


async def test_an_archived_channel_takes_no_posts(
    server: SlackServer, client: AsyncWebClient
) -> None:
    server.driver.archive(ONCALL)

    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=ONCALL, text="x")
    with pytest.raises(Impossible, match="is archived"):
        server.driver.post_as("minji", ONCALL, "x")


async def test_a_channel_can_become_shared_later(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("channel_shared")(told)
    app.event("message")(told)
    async with over_http(server, app):
        server.driver.share(ONCALL, with_team="T0PARTNER1")
        await told.reach(1)
        server.driver.post_as("minji", ONCALL, "x")
        shared, posted = await told.reach(2)

    info = await app.client.conversations_info(channel=ONCALL)
    assert shared["event"]["connected_team_id"] == "T0PARTNER1"
    assert posted["is_ext_shared_channel"] is True
    assert info["channel"]["is_ext_shared"] is True


async def test_a_group_can_change_and_an_account_can_end(
    server: SlackServer, client: AsyncWebClient
) -> None:
    app, told = bolt(server), Ledger()
    app.event("subteam_members_changed")(told)
    async with over_http(server, app):
        server.driver.set_group("S0ONCALL01", ["minji"])
        server.driver.deactivate("omar")
        (body,) = await told.reach(1)

    assert body["event"]["added_users"] == ["U0MINJI001"]
    assert body["event"]["removed_users"] == ["U0OMAR0001"]
    assert (await client.usergroups_users_list(usergroup="S0ONCALL01"))["users"] == ["U0MINJI001"]
    assert (await client.users_info(user="U0OMAR0001"))["user"]["deleted"] is True


async def test_a_broadcast_reply_carries_its_root(server: SlackServer) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_http(server, app):
        root = server.driver.post_as("minji", ONCALL, "AccessDenied")
        server.driver.post_as("omar", ONCALL, "all read this", thread_ts=root, broadcast=True)
        await told.reach(2)
        await server.workspace.delivery.settle()

    event = next(b["event"] for b in told.seen if b["event"].get("subtype") == "thread_broadcast")
    assert event["thread_ts"] == root
    assert event["parent_user_id"] == "U0MINJI001"
    assert event["root"]["text"] == "AccessDenied"


async def test_a_preview_of_a_link_changes_the_message_but_not_its_text(
    server: SlackServer,
) -> None:
    app, told = bolt(server), Ledger()
    app.event("message")(told)
    async with over_http(server, app):
        ts = server.driver.post_as("minji", ONCALL, "see https://example.com/x")
        await told.reach(1)
        server.driver.unfurl(ONCALL, ts, {"title": "A page"})
        _, changed = await told.reach(2)

    event = changed["event"]
    assert event["message"]["text"] == event["previous_message"]["text"]
    assert event["message"]["attachments"] == [{"id": 1, "title": "A page"}]
    assert "edited" not in event["message"]
