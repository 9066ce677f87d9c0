"""Status, history, the hello in a new channel, the App Home, and what people say of an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.inventory import InventoryRecords
from bot.store.tables import audit
from sandbox.slack.faults import Fault
from tests.bot.town import (
    IN_BOTH,
    MINJI,
    OMAR,
    ONCALL,
    PARTNER,
    PAYMENTS,
    RANDOM,
    labels,
    menu_value,
    shown,
)

if TYPE_CHECKING:
    from tests.bot.town import Town

CAUSE = "with role nope, which does not exist"


def id_of(town: Town, ts: str, channel: str = ONCALL) -> str:
    return shown(town.reply(ts, channel)).rpartition("ID ")[2][:8]


@IN_BOTH
async def test_status_says_what_is_read_and_what_was_last_answered_here(town: Town) -> None:
    async with town.bot() as bot:
        await town.driver.command(MINJI, ONCALL, "/irsa status")
        before = shown(town.driver.whispers(MINJI)[-1])
        await town.paste(bot)
        await town.driver.command(MINJI, ONCALL, "/irsa status")

    assert "I am running. I read" in before
    assert "I have answered nothing here yet." in before
    after = shown(town.driver.whispers(MINJI)[-1])
    assert CAUSE in after
    assert "I answer web-identity errors here." in after
    assert "https://example-corp.slack.com/archives/C0ONCALL01/p" in after


async def test_status_says_what_could_not_be_read_and_what_would_enable_it(town: Town) -> None:
    account = town.file.fleet.accounts[0].id
    async with town.bot() as bot:
        store = bot.service.store
        records = InventoryRecords(engine=store.engine, now=store.now)
        await records.claim(account, "eu-west-1", every=timedelta(0))
        words = "AccessDenied; to enable it, allow eks:ListClusters on * to irsa-doctor-read"
        await records.failed(account, "eu-west-1", words)
        await town.driver.command(MINJI, ONCALL, "/irsa status")

    said = shown(town.driver.whispers(MINJI)[-1])
    assert f"Not readable: account {account}, eu-west-1: {words}" in said


@IN_BOTH
async def test_history_lists_the_incidents_of_this_channel_newest_first(town: Town) -> None:
    async with town.bot() as bot:
        old = await town.paste(bot)
        new = await town.paste(bot)
        other = await town.paste(bot, channel=PAYMENTS)
        await town.driver.command(OMAR, ONCALL, "/irsa history")

    said = shown(town.driver.whispers(OMAR)[-1])
    assert 0 < said.index(id_of(town, new)) < said.index(id_of(town, old))
    assert id_of(town, other, PAYMENTS) not in said


async def test_history_finds_an_incident_by_the_id_of_its_reply(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.command(OMAR, ONCALL, f"/irsa history {id_of(town, ts).upper()}")

    assert CAUSE in shown(town.driver.whispers(OMAR)[-1])


@pytest.mark.parametrize("text", ["00000000", "%", "abc", "../../etc", "<!channel>", "x" * 3_000])
async def test_history_says_so_where_there_is_no_such_incident(town: Town, text: str) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.command(OMAR, ONCALL, f"/irsa history {text}")

    said = town.whispers(OMAR)[-1]
    assert "I know no incident" in said
    assert "<!" not in said


async def test_an_incident_of_another_channel_is_shown_to_who_pasted_it_alone(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot, channel=PAYMENTS)
        wanted = id_of(town, ts, PAYMENTS)
        await town.driver.command(OMAR, ONCALL, f"/irsa history {wanted}")
        await town.driver.command(MINJI, ONCALL, f"/irsa history {wanted}")

    assert "I know no incident" in town.whispers(OMAR)[-1]
    assert CAUSE in shown(town.driver.whispers(MINJI)[-1])


@pytest.mark.parametrize("verb", ["status", "history"])
async def test_nothing_of_ours_is_listed_in_a_shared_channel(town: Town, verb: str) -> None:
    async with town.bot():
        await town.driver.command(MINJI, PARTNER, f"/irsa {verb}")

    assert "shared with another organisation" in town.whispers(MINJI)[-1]
    assert "prod-eu" not in town.whispers(MINJI)[-1]


@IN_BOTH
async def test_an_invitation_is_answered_with_a_short_hello_and_others_joining_are_not(
    town: Town,
) -> None:
    async with town.bot() as bot:
        town.driver.invite_app(RANDOM, by=MINJI)
        await town.settle(bot)
        town.slack.workspace.join(town.driver.channel(RANDOM), OMAR)
        town.slack.workspace.join(town.driver.channel(RANDOM), "U0GUEST001")
        await town.settle(bot)

    (hello,) = [m for m in town.slack.workspace.messages[RANDOM].values() if m.bot_id]
    assert hello.text.startswith("Hello. I find why a pod")
    assert "/irsa mute 4h" in shown(hello)


async def test_a_hello_in_a_shared_channel_names_nothing_of_ours(town: Town) -> None:
    async with town.bot() as bot:
        town.driver.remove_app(PARTNER)
        town.driver.invite_app(PARTNER, by=MINJI)
        await town.settle(bot)

    (hello,) = [m for m in town.slack.workspace.messages[PARTNER].values() if m.bot_id]
    assert "I show nothing of ours here" in hello.text
    assert "prod-eu" not in shown(hello)


@IN_BOTH
async def test_the_home_tab_says_what_one_may_approve_and_how_the_fleet_is(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        town.driver.open_home(MINJI)
        town.driver.open_home(OMAR)
        await town.settle(bot)

    homes = town.slack.workspace.views.homes
    assert id_of(town, ts) in str(homes[MINJI])
    assert "names you as approver nowhere" in str(homes[MINJI])
    assert "Fixes in every namespace of every cluster" in str(homes[OMAR])
    assert "I read 2 clusters" in str(homes[OMAR]) or "I read 1 cluster" in str(homes[OMAR])


@IN_BOTH
@pytest.mark.parametrize("wish", ["helped", "wrong"])
async def test_what_people_say_of_an_answer_is_kept(town: Town, wish: str) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        chosen = menu_value(town.reply(ts), f"{wish}:")
        await town.driver.press("irsa.more.v1", OMAR, channel=ONCALL, selected=chosen)
        async with bot.service.store.engine.connect() as connection:
            rows = (await connection.execute(select(audit.c.decision, audit.c.user))).all()

    assert (wish, OMAR) in rows
    assert town.whispers(OMAR)[-1].startswith("Thank you")


async def test_blocks_that_slack_refuses_are_sent_in_an_older_form_with_the_buttons(
    town: Town,
) -> None:
    async with town.bot() as bot:
        town.slack.workspace.faults.plan("chat.postMessage", Fault(error="invalid_blocks"))
        ts = await town.paste(bot)

    assert labels(town.reply(ts))
    assert '"language"' not in str(town.reply(ts).blocks)
