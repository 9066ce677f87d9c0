"""One database, opened: its queues and records, sharing an engine and a clock."""

from __future__ import annotations

import asyncio
import secrets
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.store.engine import make_engine
from bot.store.full_answers import FullAnswers
from bot.store.handed import HandedStore
from bot.store.inbox import InboxStore, Limits
from bot.store.incidents import IncidentStore
from bot.store.memory import ChannelMemory
from bot.store.migrate import migrate
from bot.store.mutes import MuteStore
from bot.store.plans import PlanStore
from bot.store.queue import JobQueue
from bot.store.retention import Retention, forget
from bot.store.watches import WatchStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncEngine

    from handlers.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Everything that survives a restart."""

    engine: AsyncEngine
    inbox: InboxStore
    incidents: IncidentStore
    plans: PlanStore
    memory: ChannelMemory
    mutes: MuteStore
    full_answers: FullAnswers
    watches: WatchStore
    handed: HandedStore
    queue: JobQueue
    wake: asyncio.Event
    """Set when this process has put work on record."""
    now: Clock

    async def ready(self) -> None:
        """Ask the database for anything.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: If it does not answer.
        """
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def forget(self, keep: Retention) -> int:
        """Delete what has served its time; the number of rows."""
        return await forget(self.engine, keep, at=self.now().timestamp())


@asynccontextmanager
async def open_store(
    url: str,
    *,
    now: Clock,
    limits: Limits | None = None,
    lease: float = 30.0,
    owner: str | None = None,
) -> AsyncIterator[Store]:
    """Open a database, bring its schema up to date, and close it in the end.

    Args:
        url: SQLAlchemy URL with an async driver.
        now: The time; leases and expiries follow it.
        limits: How much the bot does by itself.
        lease: Seconds until a silent process loses its jobs to another.
        owner: This process's name among those that share the database; made up without.
    """
    engine = make_engine(url)
    wake = asyncio.Event()
    try:
        await migrate(engine)
        yield Store(
            engine=engine,
            inbox=InboxStore(engine=engine, now=now, limits=limits or Limits(), wake=wake.set),
            incidents=IncidentStore(engine=engine, now=now),
            memory=ChannelMemory(engine=engine, now=now),
            mutes=MuteStore(engine=engine, now=now),
            full_answers=FullAnswers(engine=engine),
            watches=WatchStore(engine=engine, now=now, wake=wake.set),
            handed=HandedStore(engine=engine, now=now),
            plans=PlanStore(engine=engine, now=now, wake=wake.set),
            queue=JobQueue(
                engine=engine,
                now=now,
                owner=owner or f"{socket.gethostname()[:40]}-{secrets.token_hex(4)}",
                lease=lease,
            ),
            wake=wake,
            now=now,
        )
    finally:
        await engine.dispose()
