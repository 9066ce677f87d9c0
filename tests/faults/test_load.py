"""Many pastes at once into the real process, with Slack's rate limits: one right reply per incident, nothing lost.

The same at full size: `python -m bench.load 1000 60 200`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bench.far.crowd import Crowd
from bench.far.elsewhere import ElsewhereWorld
from bench.far.product import play
from sandbox.stage import Stage

pytestmark = pytest.mark.timeout(240)

SETTINGS = {"IRSA_REPLIES_PER_CHANNEL": "10000", "IRSA_REPLIES_PER_THREAD": "1000"}


async def test_each_failure_of_a_crowd_gets_one_right_reply_and_repetitions_edit_it() -> None:
    world: Any = ElsewhereWorld(latency=0.0)
    async with Stage(replace(play(), settings=SETTINGS), world) as stage:
        crowd = Crowd(stage, threads=10, each=2)
        crowd.gather()
        watching = asyncio.create_task(crowd.watch(patience=60))
        await crowd.paste(60, 3.0)
        await watching

        assert crowd.pasted == 60
        assert len(crowd.first) == 20
        assert crowd.faults() == []
        edits = [args for method, args in stage.workspace.calls if method == "chat.update"]
        # Forty repetitions; those that waited together became one edit.
        assert len(edits) < 40
