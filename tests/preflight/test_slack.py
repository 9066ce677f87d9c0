"""What `irsa preflight` says about Slack, asked of the stand-in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.fleet_file import Channel
from bot.manifest import manifest_document, manifest_text
from bot.preflight.outcome import State
from bot.preflight.slack import check_slack
from sandbox.slack import SlackServer, app_from_manifest, demo_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.preflight.outcome import Place

SCOPES = tuple(manifest_document()["oauth_config"]["scopes"]["bot"])
READING = {"channels:history", "groups:history", "im:history"}


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer(demo_workspace(app_from_manifest(manifest_text()))) as running:
        yield running


def without(*scopes: str) -> SlackServer:
    app = app_from_manifest(manifest_text())
    return SlackServer(demo_workspace(replace(app, scopes=app.scopes - set(scopes))))


async def checked(server: SlackServer, **changes: Any) -> Place:
    asked = {
        "api_url": server.api_url,
        "bot_token": server.workspace.app.bot_token,
        "app_token": server.workspace.app.app_token,
        "scopes": SCOPES,
        "channels": (Channel(id="C0ONCALL01"),),
        **changes,
    }
    return await check_slack(**asked)


async def test_an_installed_app_works(server: SlackServer) -> None:
    place = await checked(server)

    assert place.troubles == ()
    whats = [check.what for check in place.checks]
    assert whats[0].startswith("SLACK_BOT_TOKEN: ")
    assert {f"scope {scope}" for scope in SCOPES} <= set(whats)
    assert "channel C0ONCALL01 (#oncall)" in whats
    assert whats[-1] == "SLACK_APP_TOKEN: may open Socket Mode"


async def test_a_scope_that_was_not_granted_is_named() -> None:
    async with without("files:read") as server:
        place = await checked(server)

    (check,) = place.troubles
    assert (check.what, check.state) == ("scope files:read", State.MISSING)
    assert check.needed_for == "errors in uploaded snippets and logs"
    assert place.remedies[0].text == "files:read"


async def test_an_app_that_reads_mentions_only_is_complete() -> None:
    async with without(*READING) as server:
        place = await checked(server)

    assert place.works
    optional = {c.what for c in place.checks if c.state is State.OPTIONAL}
    assert optional == {f"scope {scope}" for scope in READING}


@pytest.mark.parametrize(
    ("changes", "what", "why"),
    [
        ({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN", "invalid_auth"),
        ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN", "invalid_auth"),
        ({"channels": (Channel(id="C0NONESUCH"),)}, "channel C0NONESUCH", "channel_not_found"),
    ],
)
async def test_what_slack_refuses_is_told_in_its_own_word(
    server: SlackServer, changes: dict[str, Any], what: str, why: str
) -> None:
    place = await checked(server, **changes)

    (check,) = place.troubles
    assert (check.what, check.state) == (what, State.MISSING)
    assert why in (check.why or "")
    assert check.enable


async def test_a_channel_that_the_bot_is_not_in_is_told_with_the_invitation(
    server: SlackServer,
) -> None:
    channel = server.workspace.channels["C0ONCALL01"]
    channel.members.remove(server.workspace.app.user_id)

    (check,) = (await checked(server)).troubles

    assert check.enable == "write /invite @irsa in #oncall"


async def test_no_answer_is_not_taken_for_a_refusal(server: SlackServer) -> None:
    place = await checked(server, api_url="http://127.0.0.1:1/api/")

    assert {check.state for check in place.checks} == {State.NO_ANSWER}
