"""A reply whose cause is gone says since when, once; and sums the incident up when asked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.store.tables import watches
from sandbox.slack.faults import Fault
from tests.bot.town import IN_BOTH, MINJI, OMAR, ONCALL, PASTE, PAYMENTS, labels, menu_value, shown
from tests.engine import healthy as worlds
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from tests.bot.town import Bot, Town

ON_BOTH = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
CAUSE = "with role nope, which does not exist"
QUICK = (0.02, 0.02, 0.02)
MORE = "irsa.more.v1"


def mend(town: Town) -> None:
    town.world.accounts[0] = worlds.service_account()


async def healed(town: Town, ts: str, channel: str = ONCALL) -> Message:
    """Wait until the reply of a thread says that it has healed."""
    async with asyncio.timeout(30):
        # Slack tells nobody in this process that a message was edited.
        while "Healthy since" not in shown(town.reply(ts, channel)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return town.reply(ts, channel)


async def press(town: Town, bot: Bot, what: str, ts: str, user: str = MINJI) -> None:
    reply = next(m for m in town.replies(ts) if m.bot_id is not None)
    await town.driver.press(what, user, channel=ONCALL, message_ts=reply.ts)
    await town.settle(bot)


@IN_BOTH
async def test_a_reply_says_by_itself_that_its_cause_is_gone(town: Town) -> None:
    async with town.bot(watch=(1.0, *(0.5,) * 60)) as bot:
        ts = await town.paste(bot)
        mend(town)
        reply = await healed(town, ts)
        await town.settle(bot)

    words = shown(reply)
    assert CAUSE in words
    assert "nothing was changed from this thread" in words
    assert "Sum up" in labels(reply)
    assert reply.text.startswith("payments/api on prod-eu: healthy since")
    assert len(town.calls("chat.postMessage")) == 1  # edited in place, nothing posted


async def test_nothing_is_edited_while_the_cause_stands_and_the_looks_end(town: Town) -> None:
    async with town.bot(watch=QUICK) as bot:
        ts = await town.paste(bot)
        edits, before = len(town.calls("chat.update")), shown(town.reply(ts))
        async with asyncio.timeout(30):
            while await looks_left(bot):  # noqa: ASYNC110  a database, which sets no event
                await asyncio.sleep(0.01)
        await town.settle(bot)

    assert len(town.calls("chat.update")) == edits
    assert shown(town.reply(ts)) == before


async def test_a_process_that_is_not_to_look_again_does_not(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)

        assert not await looks_left(bot)


async def looks_left(bot: Bot) -> bool:
    """Whether any incident has a look before it."""
    wanted = select(watches.c.incident_id).where(watches.c.due.is_not(None))
    async with bot.service.store.engine.connect() as connection:
        return await connection.scalar(wanted.limit(1)) is not None


async def test_one_look_heals_every_reply_about_the_target_in_whatever_channel(town: Town) -> None:
    async with town.bot() as bot:
        first = await town.paste(bot)
        pointer = await town.paste(bot)
        elsewhere = await town.paste(bot, channel=PAYMENTS)
        assert "Same cause" in shown(town.reply(pointer))
        mend(town)
        await press(town, bot, "Check again", first)

        await town.driver.command(OMAR, ONCALL, "/irsa history")

    for reply in (town.reply(first), town.reply(pointer), town.reply(elsewhere, PAYMENTS)):
        assert "Healthy since" in shown(reply)
        assert CAUSE in shown(reply)
    history = shown(town.driver.whispers(OMAR)[-1])
    assert history.count("Healthy again, it was: IRSA104") == 2


async def test_the_same_failure_diagnosed_healthy_in_another_thread_heals_the_first(
    town: Town,
) -> None:
    async with town.bot() as bot:
        first = await town.paste(bot)
        mend(town)
        second = await town.paste(bot)

    assert "Healthy since" in shown(town.reply(first))
    assert "Healthy since" not in shown(town.reply(second))  # it never had a cause


async def test_what_breaks_again_is_no_longer_said_to_be_healthy(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        mend(town)
        await press(town, bot, "Check again", ts)
        town.world.accounts[0] = worlds.service_account(role_arn=ROLE.replace("api", "gone"))
        await press(town, bot, "Check again", ts)
        assert "Healthy since" not in shown(town.reply(ts))
        again = await town.paste(bot)

    assert "Cause found" in shown(town.reply(ts))
    assert "Same cause" not in shown(town.reply(again))  # of another role


async def test_a_healed_cause_that_comes_back_gets_a_full_answer(town: Town) -> None:
    broken = town.world.accounts[0]
    async with town.bot() as bot:
        ts = await town.paste(bot)
        mend(town)
        await press(town, bot, "Check again", ts)
        town.world.accounts[0] = broken
        again = await town.paste(bot)

    assert "Same cause" not in shown(town.reply(again))


@ON_BOTH
async def test_of_many_at_the_same_time_one_is_the_full_answer(town: Town) -> None:
    async with town.bot() as bot:
        threads = [town.driver.post_as(MINJI, ONCALL, PASTE) for _ in range(6)]
        await town.settle(bot)

    pointers = [ts for ts in threads if "Same cause" in shown(town.reply(ts))]
    assert len(pointers) == 5
    for ts in pointers:
        assert "/archives/" in shown(town.reply(ts))


@ON_BOTH
async def test_two_processes_queue_each_look_once(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await bot.service.runner.stop(patience=1)
        store = bot.service.store
        (incident,) = await store.incidents.recent(bot.service.me.team, limit=5)
        await store.watches.close(incident.id)
        await store.watches.open(incident, "a", after=0.0)
        town.clock.ahead += timedelta(seconds=1)

        # As many as there are replicas that find it due at the same moment.
        queued = await asyncio.gather(*(store.watches.queue_due((1.0,), most=5) for _ in range(6)))

        assert sum(queued) == 1
        assert not await looks_left(bot)  # that was the only one


async def test_an_incident_is_summed_up_in_its_thread_once(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await press(town, bot, "Apply annotation", ts, OMAR)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        await press(town, bot, "Sum up", ts)
        await press(town, bot, "Sum up", ts)

    reply, summary = [m for m in town.replies(ts) if m.bot_id is not None]
    words = shown(summary)
    assert "Healthy since" in shown(reply)
    for said in (
        "Summary of incident",
        CAUSE,
        "The error was pasted",
        "Approved",
        "Set the annotation eks.amazonaws.com/role-arn of serviceaccount payments/api",
        "proved by re-reading",
        "Every check passes",
        f"<@{OMAR}>",
        "+ " + ROLE,
        "Undo by the reply's button until",
        "The same as a canvas",
    ):
        assert said in words
    (content, *_) = [call["document_content"] for call in town.calls("canvases.create")]
    assert f"+ {ROLE}" in str(content)


async def test_the_menu_sums_up_too_and_without_canvases_the_text_is_there(town: Town) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        town.slack.workspace.faults.plan("canvases.create", Fault(error="missing_scope"))
        value = menu_value(town.reply(ts), "summary:")
        await town.driver.press(MORE, MINJI, channel=ONCALL, selected=value)
        await town.settle(bot)

    _, summary = [m for m in town.replies(ts) if m.bot_id is not None]
    assert "It is not known to be mended" in shown(summary)
    assert "canvas" not in shown(summary)
    assert "I sum the incident up" in town.whispers(MINJI)[-1]
