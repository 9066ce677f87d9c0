"""A sweep that this process does alone: on one machine, with SQLite."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sweep.shards import Shard, ShardedSweep

_log = structlog.get_logger("irsa.sweep")
AT_ONCE: Final = 8
ATTEMPTS: Final = 3
"""Times that a shard is tried before its place counts as not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InProcess:
    """Does all shards of a sweep here; after a crash, those that are left."""

    at_once: int = AT_ONCE

    async def carry_out(self, sweep: ShardedSweep) -> None:
        """Do a sweep to its end."""
        while shards := await sweep.pending():
            queue = iter(shards)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.at_once, len(shards))):
                    group.create_task(_work_off(sweep, queue))


async def _work_off(sweep: ShardedSweep, queue: Iterator[Shard]) -> None:
    for shard in queue:
        await try_shard(sweep, shard)


async def try_shard(sweep: ShardedSweep, shard: Shard) -> None:
    """Do a shard; one that fails again and again is told as not read, so that the others come out.

    Raises:
        Exception: What keeps failing in a shard that the whole sweep needs.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await sweep.do(shard)
        except Exception as error:
            _log.exception("shard failed", sweep=sweep.id, kind=shard.kind, name=shard.name)
            if attempt == ATTEMPTS:
                if not shard.optional:
                    raise
                await sweep.failed(shard, f"{type(error).__name__}: {error}")
        else:
            return
