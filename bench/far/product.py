"""The whole product at a distance: Slack's stand-in, and the bot as a process of its own, from its start to a reply."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.far.world import FarWorld
from bot.manifest import manifest_text
from sandbox.stage import Play, Stage
from sandbox.world.blueprint import paste_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.scenarios.model import Scenario

CHANNELS = {"oncall": "C0ONCALL01", "payments": "C0PAYMENT1"}
_MINJI = "U0MINJI001"
_PATIENCE = 30.0
_LOOK = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person saw, in seconds from the paste; the start from the process's start to its readiness."""

    started: float
    sign: tuple[float, ...]
    """Until something stood in the thread: a status, a message, or the answer."""
    answer: tuple[float, ...]
    resident: float
    """MB of the bot's process in the end."""


def play() -> Play:
    """The bot as it is started in earnest."""
    return Play(bot=(sys.executable, "-m", "bot", "serve"), manifest=manifest_text())


def resident(pid: int | None, field: str = "VmRSS") -> float:
    """Resident memory of a process in MB, of Linux's account; VmHWM for its peak."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.partition(f"{field}:")[2].split()[0]) / 1024


async def started(stage: Stage) -> float:
    """Stop the bot, start it again, and count the seconds until it is ready."""
    await stage.stop_bot()
    start = time.perf_counter()
    await stage.start_bot()
    return time.perf_counter() - start


async def shown(scenarios: Sequence[Scenario], *, latency: float) -> Shown:
    """Paste each scenario, the first one to a bot that has just started."""
    signs, answers = [], []
    with tempfile.TemporaryDirectory(prefix="irsa-bench-") as folder:
        stage = Stage(play(), FarWorld(latency=latency, folder=Path(folder)))
        async with stage:
            seconds = await started(stage)
            for one in scenarios:
                channel = CHANNELS[one.channel]
                start = time.perf_counter()
                ts = stage.driver.post_as(_MINJI, channel, paste_of(one))
                sign = None
                while time.perf_counter() - start < _PATIENCE:
                    replies = stage.driver.replies(channel, ts)
                    if sign is None and (replies or stage.workspace.status(channel, ts)):
                        sign = time.perf_counter() - start
                    if any(
                        block["type"] in ("actions", "header")
                        for reply in replies
                        for block in reply.blocks or ()
                    ):
                        break
                    await asyncio.sleep(_LOOK)
                answers.append(time.perf_counter() - start)
                signs.append(sign if sign is not None else _PATIENCE)
                await asyncio.sleep(1.0)  # one post a second and channel is Slack's rule, not ours
            assert stage.bot is not None
            memory = resident(stage.bot.pid)
    return Shown(started=seconds, sign=tuple(signs), answer=tuple(answers), resident=memory)
