"""Preflights on record: one walk of a fleet at a time, whichever process does it, and what the last came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, or_, select, update

from bot.store.insert import insert_once
from bot.store.tables import preflights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncEngine

    from handlers.ports import Clock

LOST_AFTER: Final = 1_800.0
"""Seconds after which a walk that never ended is given up."""
_KEPT: Final = 30 * 86_400.0
"""Seconds that what another content of the fleet file came to is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightRow:
    """What a walk came to."""

    finished: datetime
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightRecords:
    """Walks of the fleets that share this database; each method is one transaction."""

    engine: AsyncEngine
    now: Clock

    async def last(self, fleet: str) -> PreflightRow | None:
        """What the last walk of a fleet came to; None where none has ended."""
        found = select(preflights.c.finished, preflights.c.document).where(
            preflights.c.fleet == fleet, preflights.c.finished.is_not(None)
        )
        async with self.engine.connect() as connection:
            row = (await connection.execute(found)).one_or_none()
        if row is None:
            return None
        return PreflightRow(
            finished=datetime.fromtimestamp(row.finished, UTC), document=row.document
        )

    async def under_way(self, fleet: str) -> datetime | None:
        """Since when a fleet is walked; None where it is not."""
        found = select(preflights.c.started).where(
            preflights.c.fleet == fleet,
            preflights.c.by.is_not(None),
            preflights.c.started >= self.now().timestamp() - LOST_AFTER,
        )
        async with self.engine.connect() as connection:
            started = await connection.scalar(found)
        return None if started is None else datetime.fromtimestamp(started, UTC)

    async def begin(self, fleet: str, *, by: str) -> bool:
        """Whether this job may walk: nobody else does, or whoever did never ended."""
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            await connection.execute(
                delete(preflights).where(
                    preflights.c.fleet != fleet, preflights.c.started < at - _KEPT
                )
            )
            if await insert_once(connection, preflights, {"fleet": fleet, "started": at, "by": by}):
                return True
            taken = await connection.execute(
                update(preflights)
                .where(
                    preflights.c.fleet == fleet,
                    or_(
                        preflights.c.by.is_(None),
                        preflights.c.by == by,
                        preflights.c.started < at - LOST_AFTER,
                    ),
                )
                .values(started=at, by=by)
            )
            return taken.rowcount == 1

    async def finish(self, fleet: str, *, by: str, document: str) -> None:
        """Keep what a walk came to, unless another took its place."""
        ended = {"by": None, "finished": self.now().timestamp(), "document": document}
        await self._own(fleet, by, ended)

    async def give_up(self, fleet: str, *, by: str) -> None:
        """End a walk without a report; the one before stays."""
        await self._own(fleet, by, {"by": None})

    async def _own(self, fleet: str, by: str, values: Mapping[str, object]) -> None:
        mine = update(preflights).where(preflights.c.fleet == fleet, preflights.c.by == by)
        async with self.engine.begin() as connection:
            await connection.execute(mine.values(dict(values)))
