"""The audit channel: every entry, in order, once; whatever breaks there holds up nothing else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.audit_channel import AuditChannel, told
from sandbox.slack.faults import Fault
from tests.bot.failing import killed
from tests.bot.town import MINJI, OMAR, ONCALL, PAYMENTS, RANDOM, labels, shown
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from sandbox.slack.messages import Message
    from tests.bot.town import Bot, Town

BOTH = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
HERE = PAYMENTS


@pytest.fixture
def watched(town: Town) -> Town:
    town.file = replace(town.file, audit_channel=HERE)
    return town


def posted(town: Town) -> list[Message]:
    """The messages of the channel that are entries, oldest first."""
    held = town.slack.workspace.messages[HERE].values()
    found = [m for m in held if (m.metadata or {}).get("event_type") == "irsa_audit"]
    return sorted(found, key=lambda m: float(m.ts))


def numbers(town: Town) -> list[int]:
    return [int((m.metadata or {})["event_payload"]["number"]) for m in posted(town)]


async def caught_up(town: Town, bot: Bot, count: int) -> None:
    """Wait until so many entries are posted, and some time in which no more must come."""
    await town.settle(bot)
    await town.driver.wait_for(
        lambda: len(posted(town)) >= count, timeout=40, what=f"{count} entries"
    )
    await bot.service.bench.audit.unposted(HERE)


async def a_fix(town: Town, bot: Bot) -> str:
    ts = await town.paste(bot)
    await town.driver.press("Apply annotation", MINJI, channel=ONCALL)
    await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
    await town.driver.submit(OMAR, {})
    await town.settle(bot)
    return ts


@BOTH
async def test_every_entry_is_posted_in_order_and_names_who_what_before_and_after(
    watched: Town,
) -> None:
    async with watched.bot() as bot:
        await a_fix(watched, bot)
        await caught_up(watched, bot, 5)
        entries = [e async for e in bot.service.bench.audit.entries()]

    assert numbers(watched) == [e.number for e in entries]
    words = [shown(m) for m in posted(watched)]
    assert "*press: denied:not-approver*" in words[0]
    applied = next(w for w in words if "*apply: applied*" in w)
    assert f"team/{OMAR}|{OMAR}>" in applied
    assert f"+ {ROLE}" in applied
    assert not any("<@" in str(m.blocks) for m in posted(watched))


@BOTH
async def test_a_restart_goes_on_where_the_last_process_stopped(watched: Town) -> None:
    async with watched.bot() as bot:
        await a_fix(watched, bot)
        await caught_up(watched, bot, 5)
    async with watched.bot() as bot:
        watched.clock.ahead = timedelta(seconds=121)
        await watched.driver.command(MINJI, ONCALL, "/irsa mute 1h")
        await caught_up(watched, bot, 6)

    assert numbers(watched) == sorted(set(numbers(watched)))
    assert "*mute: all*" in shown(posted(watched)[-1])


@BOTH
@pytest.mark.parametrize("when", ["before the post", "after the post"])
async def test_a_process_killed_around_a_post_leaves_each_entry_posted_once(
    watched: Town, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    real = AuditChannel._done

    with monkeypatch.context() as crash:
        if when == "after the post":
            crash.setattr(AuditChannel, "_done", killed)
        else:
            crash.setattr("bot.audit_channel.told", _killed)
        async with watched.bot() as bot:
            await a_fix(watched, bot)
    left = len(posted(watched))
    watched.clock.ahead = timedelta(seconds=121)
    async with watched.bot() as bot:
        await caught_up(watched, bot, 5)

    assert real is AuditChannel._done
    assert left == (1 if when == "after the post" else 0)
    assert numbers(watched) == sorted(set(numbers(watched)))
    assert len(numbers(watched)) == 5


def _killed(*_: object) -> None:
    raise asyncio.CancelledError


async def test_an_answer_that_got_lost_is_looked_for_and_nothing_is_posted_twice(
    watched: Town,
) -> None:
    async with watched.bot() as bot:
        await watched.paste(bot)
        watched.slack.workspace.faults.plan("chat.postMessage", Fault(after_acting=True), times=1)
        await watched.driver.command(MINJI, ONCALL, "/irsa mute 1h")
        await watched.driver.command(MINJI, ONCALL, "/irsa unmute")
        await caught_up(watched, bot, 2)

    assert numbers(watched) == [1, 2]


@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found", "ratelimited"])
async def test_a_channel_that_takes_nothing_blocks_no_fix_and_is_said(
    watched: Town, error: str
) -> None:
    async with watched.bot() as bot:
        ts = await watched.paste(bot)
        refuse(watched, error)
        await watched.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await watched.driver.submit(OMAR, {})
        await watched.settle(bot)
        trail = bot.service.bench.audit
        async with asyncio.timeout(40):
            while await trail.unposted(HERE) is None:  # noqa: ASYNC110  a database sets no event
                await asyncio.sleep(0.01)
        await watched.driver.command(MINJI, RANDOM, "/irsa status")
        status = shown(watched.driver.whispers(MINJI)[-1])
        metrics = bot.service.telemetry.text().decode()
        allow(watched)
        await caught_up(watched, bot, 4)
        async with asyncio.timeout(40):
            while await trail.unposted(HERE) is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    assert watched.world.accounts[0].role_arn == ROLE
    assert "Undo" in labels(watched.reply(ts))
    assert f"does not take its entries ({error})" in status
    assert "irsa_audit_channel_stuck 1.0" in metrics
    assert numbers(watched) == sorted(set(numbers(watched)))


def refuse(town: Town, error: str) -> None:
    """Let Slack refuse every post; the reply stands already, and is edited."""
    town.slack.workspace.faults.plan("chat.postMessage", Fault(error=error), times=10_000)


def allow(town: Town) -> None:
    town.slack.workspace.faults.clear()


async def test_nothing_is_posted_in_a_channel_that_is_shared_with_another_organisation(
    watched: Town,
) -> None:
    watched.slack.workspace.channels[HERE].is_ext_shared = True
    async with watched.bot() as bot:
        await a_fix(watched, bot)
        async with asyncio.timeout(40):
            while await bot.service.bench.audit.unposted(HERE) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    assert posted(watched) == []


@BOTH
async def test_two_processes_post_each_entry_once(watched: Town) -> None:
    async with watched.bot() as first, watched.bot() as second:
        await a_fix(watched, second)
        await first.quiet()
        await caught_up(watched, second, 5)

    assert numbers(watched) == sorted(set(numbers(watched)))


async def test_what_an_entry_holds_mentions_nobody_and_breaks_nothing(town: Town) -> None:
    async with town.bot() as bot:
        trail = bot.service.bench.audit
        await trail.note(
            "apply",
            "applied",
            user="U1",
            team="T1",
            words="<!channel> <@U0OMAR0001> <https://evil.example|ok> \u202e" + "x" * 5_000,
            before="<!here>\n```" * 500,
        )
        (entry,) = [e async for e in trail.entries()]

    words, blocks = told(entry, None)
    sections = [b for b in blocks if b["type"] != "rich_text"]
    assert not any(bait in str(sections) + words for bait in ("<!channel>", "<@", "<https"))
    assert "\u202e" not in str(blocks)
