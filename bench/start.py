"""How long the bot takes from its start to its readiness, and its memory with 400 clusters in its inventory.

Run: `python -m bench.start [CLUSTERS STARTS]`. The bot is the real process; its own inventory finds the clusters.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.far.product import CHANNELS, play, resident, started
from bench.far.world import FarWorld
from sandbox.scenarios.load import scenarios
from sandbox.stage import Stage
from sandbox.world.blueprint import paste_of

CLUSTERS, STARTS = 400, 3
_PATIENCE = 90.0
_PASTES = 12


async def run(clusters: int, starts: int) -> None:
    """Print both."""
    with tempfile.TemporaryDirectory(prefix="irsa-bench-") as folder:
        world = FarWorld(latency=0.0, folder=Path(folder), more=clusters)
        database = Path(folder) / "irsa.sqlite3"
        settings = {"IRSA_DATABASE_URL": f"sqlite:///{database}"}
        async with Stage(replace(play(), settings=settings), world) as stage:
            seconds = [await started(stage) for _ in range(starts)]
            middle = statistics.median(seconds)
            print(
                f"start to ready   {middle:.2f} s ({min(seconds):.2f} to {max(seconds):.2f})   (aim: 2)"
            )
            found = await inventory(database, clusters)
            assert stage.bot is not None
            pid = stage.bot.pid
            print(
                f"{found} clusters in the inventory: resident {resident(pid):.0f} MB   (aim: 200)"
            )
            await pastes(stage)
            print(
                f"after {_PASTES} diagnoses at once: resident {resident(pid):.0f} MB, "
                f"peak {resident(pid, 'VmHWM'):.0f} MB"
            )


async def inventory(database: Path, wanted: int) -> int:
    """Wait until the inventory has found the clusters; how many it has."""
    import aiosqlite  # noqa: PLC0415  the bot's own driver

    ends = time.monotonic() + _PATIENCE
    found = 0
    while found < wanted and time.monotonic() < ends:
        await asyncio.sleep(1.0)
        async with aiosqlite.connect(database) as connection:
            rows = await connection.execute_fetchall("SELECT count(*) FROM seen_clusters")
            ((found,),) = rows
    return found


async def pastes(stage: Stage) -> None:
    """Paste failures, and wait until each has a reply."""
    shown = [one for one in scenarios() if one.expect.code and one.channel in CHANNELS][:_PASTES]
    places = [
        (
            CHANNELS[one.channel],
            stage.driver.post_as("U0MINJI001", CHANNELS[one.channel], paste_of(one)),
        )
        for one in shown
    ]
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        if all(stage.driver.replies(*place) for place in places):
            return
        await asyncio.sleep(0.5)


def main() -> None:
    words = [int(word) for word in sys.argv[1:3]]
    clusters, starts = words + [CLUSTERS, STARTS][len(words) :]
    asyncio.run(run(clusters, starts))


if __name__ == "__main__":
    main()
