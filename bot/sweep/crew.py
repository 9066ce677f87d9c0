"""Who does the shards of sweeps: replicas on PostgreSQL together, a process on SQLite alone."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.sweep.in_process import InProcess
from bot.sweep.shards import ShardedSweep
from bot.sweep.shared_queue import SharedQueue, open_pool
from bot.sweep.state import fingerprint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.store.sweeps import SweepRecords
    from diagnostics.sweep import SweepReader


class Crew(Protocol):
    """Gets sweeps done."""

    async def carry_out(self, sweep: ShardedSweep) -> None:
        """Return when a sweep has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """What it takes to sweep with a database."""

    reader: SweepReader
    records: SweepRecords
    now: Callable[[], datetime]
    crew: Crew

    @property
    def fleet(self) -> str:
        """The fleet's fingerprint."""
        return fingerprint(self.reader.fleet)

    def sweep(self, sweep_id: str) -> ShardedSweep:
        """The sweep of an ID, to look at or to work on."""
        return ShardedSweep(id=sweep_id, reader=self.reader, records=self.records, now=self.now)


@asynccontextmanager
async def sweeping(
    engine: AsyncEngine,
    reader: SweepReader,
    records: SweepRecords,
    now: Callable[[], datetime],
    *,
    at_once: int = 8,
    silence: float = 30.0,
) -> AsyncIterator[Sweeping]:
    """Be one of those who sweep while the block runs; on PostgreSQL also for others.

    Args:
        engine: The store's.
        reader: Reads the fleet.
        records: In the same database.
        now: The clock.
        at_once: Shards at the same time.
        silence: Seconds without a sign of life after which a process's shards go to others.
    """
    if engine.dialect.name != "postgresql":
        yield Sweeping(reader=reader, records=records, now=now, crew=InProcess(at_once=at_once))
        return
    async with open_pool(engine) as pool:
        queue = SharedQueue(
            pool=pool,
            sweep=lambda sweep_id: ShardedSweep(
                id=sweep_id, reader=reader, records=records, now=now
            ),
            fleet=lambda: fingerprint(reader.fleet),
            at_once=at_once,
            silence=silence,
        )
        async with queue.working():
            yield Sweeping(reader=reader, records=records, now=now, crew=queue)
