"""Annotation and restart as one plan: in order, each once, and the truth where only the first was made."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from diagnostics.evidence import ROLE_ARN
from tests.bot.failing import submitted_then_killed
from tests.bot.town import OMAR, ONCALL, labels, shown
from tests.engine import healthy as worlds
from tests.engine.fleet_double import DoubleWriter
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from tests.bot.town import Bot, Town

BOTH = "Annotate and restart"


@pytest.fixture
def writes(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every write that was made, in order; a restart gives the pods what the annotation says."""
    made: list[str] = []
    annotate, restart = DoubleWriter.annotate_service_account, DoubleWriter.restart_workload

    async def annotated(self: DoubleWriter, **values: Any) -> Any:
        written = await annotate(self, **values)
        made.append(f"annotate {values['after']}")
        return written

    async def restarted(self: DoubleWriter, **values: Any) -> Any:
        written = await restart(self, **values)
        made.append(f"restart {values['at']:%H:%M:%S}")
        town.world.pods[0] = worlds.pod(town.world.accounts[0].role_arn)
        return written

    monkeypatch.setattr(DoubleWriter, "annotate_service_account", annotated)
    monkeypatch.setattr(DoubleWriter, "restart_workload", restarted)
    town.world.pods[0] = worlds.pod(role_arn=None)
    return made


async def pressed(town: Town, bot: Bot, what: str = BOTH) -> None:
    await town.driver.press(what, OMAR, channel=ONCALL)
    await town.driver.submit(OMAR, {})
    await town.settle(bot)


async def test_one_approval_makes_both_in_order_and_the_rollout_is_followed(
    town: Town, writes: list[str]
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await pressed(town, bot)

    assert [one.split()[0] for one in writes] == ["annotate", "restart"]
    reply = shown(town.reply(ts))
    assert f"to {ROLE}, then restart the pods of deployment/api; proved by re-reading" in reply


async def test_undo_takes_the_annotation_back_and_says_that_pods_need_another_restart(
    town: Town, writes: list[str]
) -> None:
    before = town.world.accounts[0].role_arn
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await pressed(town, bot)
        await pressed(town, bot, "Undo")

    assert town.world.accounts[0].role_arn == before
    assert [one.split()[0] for one in writes] == ["annotate", "restart", "annotate"]
    assert "running pods keep what they have until they are restarted" in shown(town.reply(ts))


async def test_where_the_restart_is_refused_the_reply_says_so_and_offers_the_rest(
    town: Town, writes: list[str]
) -> None:
    town.world.refuse("patch workloads")
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await pressed(town, bot)
        halfway = town.reply(ts)
        said, offered = shown(halfway), labels(halfway)
        town.world.refused.clear()
        await pressed(town, bot, "Restart pods")

    assert "Failed*  Set the annotation" in said
    assert "done: set the annotation eks.amazonaws.com/role-arn" in said
    assert "Not done: " in said
    assert {"Restart pods", "Undo"} <= set(offered)
    assert [one.split()[0] for one in writes] == ["annotate", "restart"]
    assert "Healthy" in shown(town.reply(ts))


async def test_an_annotation_that_somebody_changed_meanwhile_restarts_nothing(
    town: Town, writes: list[str]
) -> None:
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(BOTH, OMAR, channel=ONCALL)
        other = "arn:aws:iam::111122223333:role/by-hand"
        town.world.accounts[0] = replace(town.world.accounts[0], annotations={ROLE_ARN: other})
        await town.driver.submit(OMAR, {})
        await town.settle(bot)

    assert writes == []
    assert town.world.accounts[0].role_arn == other
    assert "nothing was written, because annotation" in shown(town.reply(ts))


@pytest.mark.parametrize("made", [False, True], ids=["before the restart", "behind the restart"])
async def test_a_process_killed_between_the_steps_makes_each_once(
    town: Town, writes: list[str], monkeypatch: pytest.MonkeyPatch, *, made: bool
) -> None:
    restart = DoubleWriter.restart_workload

    async def kill(self: DoubleWriter, **values: Any) -> Any:
        if made:
            await restart(self, **values)
        raise asyncio.CancelledError

    async with town.bot() as bot:
        ts = await town.paste(bot)
        await town.driver.press(BOTH, OMAR, channel=ONCALL)
        part = (DoubleWriter, "restart_workload", kill)
        await submitted_then_killed(town, bot, monkeypatch, part)
    town.clock.ahead = timedelta(seconds=31)
    async with town.bot() as bot:
        await bot.idle()

    assert len([one for one in writes if one.startswith("annotate")]) == 1
    # Both carry the time of the claim, so that the second changes nothing.
    assert len({one for one in writes if one.startswith("restart")}) == 1
    reply = shown(town.reply(ts))
    assert reply.count("Done*  Set the annotation") == 1
    assert "proved by re-reading" in reply
    assert "Failed" not in reply


async def test_undo_leaves_an_annotation_that_somebody_changed_and_says_what_changed(
    town: Town, writes: list[str]
) -> None:
    other = "arn:aws:iam::111122223333:role/by-hand"
    async with town.bot() as bot:
        ts = await town.paste(bot)
        await pressed(town, bot)
        made = len(writes)
        town.world.accounts[0] = replace(town.world.accounts[0], annotations={ROLE_ARN: other})
        await pressed(town, bot, "Undo")

    assert len(writes) == made
    assert town.world.accounts[0].role_arn == other
    reply = shown(town.reply(ts))
    assert f"annotation {ROLE_ARN} changed since: it was {ROLE} and is {other} now" in reply
