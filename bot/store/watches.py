"""Incidents whose cause stands: looked at again for a while, so that a reply can say that it has healed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.store.insert import insert_once
from bot.store.queue import add_job
from bot.store.tables import watches
from handlers.ports import Order, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from handlers.incident import Incident
    from handlers.ports import Clock

DAY = 86_400.0
"""Seconds that an incident stays known as open after its last look: another's check may show that it healed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStore:
    """The open incidents, and when each is looked at next."""

    engine: AsyncEngine
    now: Clock
    wake: Callable[[], None]

    async def open(self, incident: Incident, about: str, *, after: float | None) -> None:
        """Begin to watch an incident, unless it is watched already.

        Args:
            incident: Which one.
            about: What makes two incidents the same target, at most 64 characters.
            after: Seconds until the first look; None: it waits for what others see, as it does
                where another incident about the same target is looked at already.
        """
        at = self._at
        row = {
            "incident_id": incident.id,
            "team": incident.spot.team,
            "about": about,
            "due": None if after is None else at + after,
            "looks": 0,
            "ends": at + DAY,
        }
        watched = select(watches.c.incident_id).where(
            watches.c.team == incident.spot.team,
            watches.c.about == about,
            watches.c.due.is_not(None),
        )
        async with self.engine.begin() as connection:
            if await connection.scalar(watched.limit(1)) is not None:
                row["due"] = None
            await insert_once(connection, watches, row)

    async def close(self, incident_id: str) -> None:
        """Watch it no more."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(watches).where(watches.c.incident_id == incident_id))

    async def others(self, incident: Incident, about: str) -> tuple[str, ...]:
        """The other open incidents about the same target."""
        wanted = select(watches.c.incident_id).where(
            watches.c.team == incident.spot.team,
            watches.c.about == about,
            watches.c.incident_id != incident.id,
        )
        async with self.engine.connect() as connection:
            return tuple(row.incident_id for row in await connection.execute(wanted.limit(200)))

    async def look_now(self, incident_ids: Sequence[str], *, seen_by: str) -> None:
        """Queue a look at incidents whose target another one saw healthy just now."""
        async with self.engine.begin() as connection:
            for incident_id in incident_ids:
                payload = {"seen_by": seen_by}
                order = Order(
                    task=Task.WATCH, incident_id=incident_id, payload=payload, urgent=False
                )
                await add_job(connection, order, at=self._at)
        if incident_ids:
            self.wake()

    async def queue_due(self, pauses: Sequence[float], *, most: int) -> int:
        """Queue the looks that are due, each once, whichever process asks first; how many.

        Args:
            pauses: Seconds before each look; there are as many looks as pauses.
            most: At most so many.
        """
        at = self._at
        wanted = (
            select(watches.c.incident_id, watches.c.due, watches.c.looks)
            .where(watches.c.due <= at)
            .order_by(watches.c.due)
            .limit(most)
        )
        queued = 0
        async with self.engine.begin() as connection:
            await connection.execute(delete(watches).where(watches.c.ends < at))
            for row in (await connection.execute(wanted)).all():
                looks = row.looks + 1
                due = at + pauses[looks] if looks < len(pauses) else None
                taken = await connection.execute(
                    update(watches)
                    .where(watches.c.incident_id == row.incident_id, watches.c.due == row.due)
                    .values(due=due, looks=looks)
                )
                if taken.rowcount == 1:
                    order = Order(task=Task.WATCH, incident_id=row.incident_id, urgent=False)
                    await add_job(connection, order, at=at)
                    queued += 1
        if queued:
            self.wake()
        return queued

    @property
    def _at(self) -> float:
        return self.now().timestamp()
