"""`/irsa sweep` against the embedded world, with the bot as a process of its own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from bot.manifest import manifest_text
from sandbox.stage import Play, Stage
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.slack.messages import Message

ONCALL, PARTNER = "C0ONCALL01", "C0PARTNER1"
MINJI = "U0MINJI001"


def said(stage: Stage, channel: str = ONCALL) -> list[Message]:
    shelf = stage.workspace.messages[channel].values()
    return [
        m for m in shelf if not m.is_reply and (m.text or "").startswith(("The sweep", "Sweep"))
    ]


async def ended(stage: Stage, count: int) -> Message:
    def look() -> Message | None:
        found = [m for m in said(stage) if (m.text or "").startswith("The sweep")]
        done = len(found) == count and "in the thread" in str(found[-1].blocks)
        return found[-1] if done else None

    message: Message = await stage.driver.wait_for(look, timeout=60, what="the end of the sweep")
    return message


@pytest.mark.timeout(120)
async def test_a_sweep_is_asked_for_shown_attached_and_says_what_is_new_since() -> None:
    play = Play(bot=(sys.executable, "-m", "bot", "serve"), manifest=manifest_text())
    async with Stage(play, World(clusters=("prod-eu",))) as stage:
        driver = stage.driver
        answer = await driver.command(MINJI, ONCALL, "/irsa sweep")
        assert answer is not None
        assert "I am sweeping the fleet" in answer["text"]
        first = await ended(stage, 1)

        shown = str(first.blocks)
        assert "First to look at" in shown
        assert "*IRSA" in shown
        assert len(said(stage)) == 1  # its progress was in the same message
        names = [f["name"] for reply in driver.replies(ONCALL, first.ts) for f in reply.files]
        assert [name.rpartition(".")[2] for name in names] == ["html", "csv"]

        await driver.command(MINJI, ONCALL, "/irsa sweep")
        second = await ended(stage, 2)
        assert "Nothing new since 20" in str(second.blocks)

        await driver.command(MINJI, ONCALL, "/irsa sweep last")
        third = await ended(stage, 3)
        assert third.blocks is not None
        assert second.blocks is not None
        assert third.blocks[0]["text"]["text"] == second.blocks[0]["text"]["text"]

        other = await driver.command(MINJI, ONCALL, "/irsa sweep everything")
        assert other is not None
        assert "`/irsa sweep last`" in other["text"]
        partner = await driver.command(MINJI, PARTNER, "/irsa sweep")
        assert partner is not None
        assert "shared with another organisation" in partner["text"]
        assert said(stage, PARTNER) == []
        assert "Traceback" not in stage.log.read_text(encoding="utf-8")
