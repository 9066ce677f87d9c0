"""An incident named by its ID or by a link: shown to who may see it, and nothing given away to others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
import yaml

from bot.manifest import manifest_document
from sandbox.slack import app_from_manifest, demo_workspace
from tests.bot.town import IN_BOTH, MINJI, OMAR, ONCALL, PARTNER, PAYMENTS, QUICK, RANDOM, shown

if TYPE_CHECKING:
    from tests.bot.town import Bot, Town

BASE = "https://irsa.example.com"
CAUSE = "with role nope, which does not exist"


async def incident_id(town: Town, bot: Bot, **where: str) -> str:
    await town.paste(bot, **where)
    (newest, *_) = await bot.service.store.incidents.recent(bot.service.me.team, limit=1)
    return newest.id


@IN_BOTH
@pytest.mark.parametrize("words", ["incident {id}", "{id}", "irsa incident {id}?", "#{id}"])
async def test_a_mention_that_names_an_incident_is_told_about_it_privately(
    town: Town, words: str
) -> None:
    async with town.bot() as bot:
        found = await incident_id(town, bot)
        ts = town.driver.mention(OMAR, ONCALL, words.format(id=found[:8]))
        await town.settle(bot)

    assert CAUSE in shown(town.driver.whispers(OMAR)[-1])
    assert [m for m in town.replies(ts) if m.bot_id is not None] == []


async def test_an_incident_of_another_channel_is_not_told(town: Town) -> None:
    async with town.bot() as bot:
        found = await incident_id(town, bot)
        town.driver.mention(OMAR, PAYMENTS, f"incident {found[:8]}")
        town.driver.mention(MINJI, PAYMENTS, f"incident {found[:8]}")  # who pasted it
        town.driver.mention(OMAR, ONCALL, "incident 0123456789")
        await town.settle(bot)

    first, second = town.whispers(OMAR)[-2:]
    assert "I know no incident" in first
    assert "I know no incident" in second
    assert CAUSE in shown(town.driver.whispers(MINJI)[-1])


@pytest.fixture
def linked(town: Town) -> Town:
    """The town with an app that has the domain of the links."""
    document = yaml.safe_dump(manifest_document(links=BASE))
    workspace = demo_workspace(app_from_manifest(document), timing=QUICK)
    held = town.slack.workspace
    held.app = replace(held.app, unfurl_domains=workspace.app.unfurl_domains)
    held.app = replace(held.app, scopes=workspace.app.scopes, events=workspace.app.events)
    town.options["links"] = BASE
    return town


async def preview(town: Town, bot: Bot, user: str, channel: str, found: str) -> str:
    """What Slack shows below a message with the link."""
    ts = town.driver.post_as(user, channel, f"see {BASE}/i/{found} for the ticket")
    await town.settle(bot)
    held = town.slack.workspace.messages[channel][ts].attachments
    return "" if not held else str(held)


@IN_BOTH
async def test_a_posted_link_gets_a_preview_and_leads_to_the_reply(linked: Town) -> None:
    town = linked
    async with town.bot() as bot:
        found = await incident_id(town, bot)
        (newest, *_) = await bot.service.store.incidents.recent(bot.service.me.team, limit=1)
        here = await preview(town, bot, OMAR, ONCALL, found)
        own = await preview(town, bot, MINJI, PAYMENTS, found)
        elsewhere = await preview(town, bot, OMAR, PAYMENTS, found)
        unknown = await preview(town, bot, OMAR, ONCALL, "0" * 20)
        reply = town.slack.workspace.messages[ONCALL][newest.reply_ts or ""]

    assert CAUSE in here
    assert CAUSE in own
    assert CAUSE not in elsewhere
    assert "stays in the channel where it was answered" in elsewhere
    assert unknown == ""
    assert f"<{BASE}/i/{found}|{found[:8]}>" in shown(reply)
    assert not reply.attachments


async def test_a_link_in_a_shared_channel_gives_nothing_away(linked: Town) -> None:
    async with linked.bot() as bot:
        found = await incident_id(linked, bot)

        assert CAUSE not in await preview(linked, bot, MINJI, PARTNER, found)


async def test_the_link_itself_leads_to_slack_and_short_or_unknown_ids_lead_nowhere(
    town: Town,
) -> None:
    async with town.bot() as bot, aiohttp.ClientSession() as browser:
        found = await incident_id(town, bot)
        base = bot.url.removesuffix("/slack/events")
        for path, status in ((found, 303), (found[:8], 404), ("0" * 20, 404), ("..%2f", 404)):
            async with browser.get(f"{base}/i/{path}", allow_redirects=False) as answer:
                told = (answer.status, answer.headers.get("Location", ""))
            assert told[0] == status
        async with browser.get(f"{base}/i/{found}", allow_redirects=False) as answer:
            assert f"/archives/{ONCALL}/p" in answer.headers["Location"]


@pytest.mark.parametrize("channel", [RANDOM])
async def test_other_links_are_none_of_ours(linked: Town, channel: str) -> None:
    async with linked.bot() as bot:
        ts = linked.driver.post_as(
            MINJI, channel, f"{BASE}/healthz and https://example.com/i/{'0' * 20}"
        )
        await linked.settle(bot)

    assert not linked.slack.workspace.messages[channel][ts].attachments
    assert linked.calls("chat.unfurl") == []
