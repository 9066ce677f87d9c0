"""What came from Slack, put on record with the work that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from bot.store import codec
from bot.store.correcting import corrected
from bot.store.failures import answered_by, fingerprint, keep_failures
from bot.store.ids import new_id
from bot.store.insert import insert_once
from bot.store.memory import remember
from bot.store.mutes import is_muted
from bot.store.queue import add_job
from bot.store.tables import events, incidents, jobs, messages
from handlers.incident import Spot
from handlers.ports import Order, Recorded, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from diagnostics.case import Case
    from diagnostics.fleet import Hints
    from handlers.ports import Clock, Paste


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the bot does by itself."""

    waiting: int = 2_000
    """Automatic jobs that may wait; what people ask for is never dropped."""
    per_thread: int = 5
    """Automatic replies in one thread within the hour."""
    per_channel: int = 60
    """Automatic replies in one channel within the hour."""


_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxStore:
    """The `Inbox` of the handlers. Each method is one transaction."""

    engine: AsyncEngine
    now: Clock
    limits: Limits
    wake: Callable[[], None]
    """Tells the jobs that there is work."""

    async def paste(self, paste: Paste) -> Recorded:
        """Start an incident, or count the same failure once more; see `handlers.ports.Inbox`."""
        async with self.engine.begin() as connection:
            if not await self._first_delivery(connection, paste.event_id):
                return Recorded.DUPLICATE
            if await self._muted(connection, paste):
                await self._warn(connection, paste)
                recorded = Recorded.MUTED
            else:
                recorded = await self._paste(connection, paste)
        if recorded in (Recorded.STARTED, Recorded.SEEN_AGAIN, Recorded.MUTED):
            self.wake()
        return recorded

    async def order(self, order: Order, *, event_id: str | None = None) -> Recorded:
        """Queue work that belongs to no new incident."""
        async with self.engine.begin() as connection:
            if not await self._first_delivery(connection, event_id):
                return Recorded.DUPLICATE
            if not order.urgent and await self._full(connection):
                return Recorded.FULL
            await add_job(connection, order, at=self._at)
        self.wake()
        return Recorded.STARTED

    async def draft(self, paste: Paste) -> str:
        """Keep an incident that waits for a form; its ID."""
        async with self.engine.begin() as connection:
            return await self._incident(connection, paste, paste.cases)

    async def complete(self, incident_id: str, hints: Hints, *, by: str) -> Recorded:
        """Fill a draft, or answer a question, and diagnose."""
        async with self.engine.begin() as connection:
            found = (
                await connection.execute(select(incidents).where(incidents.c.id == incident_id))
            ).one_or_none()
            if found is None:
                return Recorded.DUPLICATE
            cases = tuple(
                replace(c, hints=hints.over(c.hints)) for c in codec.cases.read(found.cases)
            )
            answered = await connection.execute(
                update(incidents)
                .where(incidents.c.id == incident_id, incidents.c.diagnoses.is_(None))
                .values(
                    cases=codec.cases.write(cases),
                    question=None,
                    by=func.coalesce(incidents.c.by, by),
                    updated=self._at,
                )
            )
            if answered.rowcount != 1:
                return Recorded.DUPLICATE
            spot = Spot(team=found.team, channel=found.channel)
            await remember(connection, spot, map(fingerprint, cases), hints, at=self._at)
            await add_job(
                connection, Order(task=Task.DIAGNOSE, incident_id=incident_id), at=self._at
            )
        self.wake()
        return Recorded.STARTED

    async def correct(self, incident_id: str, position: int, hints: Hints, *, by: str) -> Recorded:
        """Diagnose another target in place of the one that a diagnosis of the incident is about."""
        async with self.engine.begin() as connection:
            cases = await corrected(connection, incident_id, position, hints, by=by, at=self._at)
            if not cases:
                return Recorded.DUPLICATE
            found = (
                await connection.execute(
                    select(incidents.c.team, incidents.c.channel).where(
                        incidents.c.id == incident_id
                    )
                )
            ).one()
            spot = Spot(team=found.team, channel=found.channel)
            await remember(connection, spot, map(fingerprint, cases), hints, at=self._at)
            await add_job(
                connection, Order(task=Task.DIAGNOSE, incident_id=incident_id), at=self._at
            )
        self.wake()
        return Recorded.STARTED

    # -- inside one transaction ------------------------------------------------------------------

    @property
    def _at(self) -> float:
        return self.now().timestamp()

    async def _paste(self, connection: AsyncConnection, paste: Paste) -> Recorded:
        fresh = [c for c in paste.cases if await self._first_reading(connection, paste, c)]
        if not fresh:
            return Recorded.DUPLICATE
        await self._warn(connection, paste)
        known: dict[str, None] = {}
        unknown: list[Case] = []
        for case in fresh:
            incident_id = await answered_by(connection, paste.spot, case)
            if incident_id is None:
                unknown.append(case)
            else:
                known[incident_id] = None
        if not unknown:
            for incident_id in known:
                await self._seen_again(connection, incident_id, asked=paste.asked)
            return Recorded.SEEN_AGAIN
        if not paste.asked:
            if await self._capped(connection, paste):
                return Recorded.CAPPED
            if await self._full(connection):
                return Recorded.FULL
        incident_id = await self._incident(connection, paste, tuple(unknown))
        order = Order(task=Task.DIAGNOSE, incident_id=incident_id, urgent=paste.asked)
        await add_job(connection, order, at=self._at)
        return Recorded.STARTED

    async def _muted(self, connection: AsyncConnection, paste: Paste) -> bool:
        if paste.asked:
            return False
        return await is_muted(connection, paste.spot.team, paste.spot.channel, at=self._at)

    async def _warn(self, connection: AsyncConnection, paste: Paste) -> None:
        if not paste.secrets or paste.by is None:
            return
        payload = {
            "channel": paste.spot.channel,
            "thread_ts": paste.spot.thread_ts,
            "user": paste.by,
            "kinds": list(paste.secrets),
        }
        await add_job(connection, Order(task=Task.WARN, payload=payload), at=self._at)

    async def _first_delivery(self, connection: AsyncConnection, event_id: str | None) -> bool:
        if event_id is None:
            return True
        return await insert_once(connection, events, {"id": event_id[:80], "at": self._at})

    async def _first_reading(self, connection: AsyncConnection, paste: Paste, case: Case) -> bool:
        return await insert_once(
            connection,
            messages,
            {
                "team": paste.spot.team,
                "channel": paste.spot.channel,
                "ts": paste.ts,
                "fingerprint": fingerprint(case),
                "at": self._at,
            },
        )

    async def _seen_again(
        self, connection: AsyncConnection, incident_id: str, *, asked: bool
    ) -> None:
        await connection.execute(
            update(incidents)
            .where(incidents.c.id == incident_id)
            .values(seen=incidents.c.seen + 1, updated=self._at)
        )
        task = Task.RECHECK if asked else Task.SHOW
        if task is Task.SHOW and await self._to_be_shown(connection, incident_id):
            return
        await add_job(
            connection, Order(task=task, incident_id=incident_id, urgent=asked), at=self._at
        )

    @staticmethod
    async def _to_be_shown(connection: AsyncConnection, incident_id: str) -> bool:
        """Whether a job waits that will show the reply with everything on record: Slack limits edits."""
        waiting = select(func.count()).where(
            jobs.c.incident_id == incident_id,
            jobs.c.state == "queued",
            jobs.c.task.in_((Task.DIAGNOSE.value, Task.RECHECK.value, Task.SHOW.value)),
        )
        return bool(await connection.scalar(waiting))

    async def _incident(
        self, connection: AsyncConnection, paste: Paste, cases: tuple[Case, ...]
    ) -> str:
        incident_id = new_id()
        await connection.execute(
            incidents.insert().values(
                id=incident_id,
                team=paste.spot.team,
                channel=paste.spot.channel,
                thread_ts=paste.spot.thread_ts,
                by=paste.by,
                automatic=not paste.asked,
                shared=paste.shared,
                response_url=paste.response_url,
                seen=1,
                cases=codec.cases.write(cases),
                happenings="[]",
                created=self._at,
                updated=self._at,
            )
        )
        if paste.spot.thread_ts is not None:
            await keep_failures(connection, paste.spot, cases, incident_id)
        return incident_id

    async def _capped(self, connection: AsyncConnection, paste: Paste) -> bool:
        recent = select(func.count()).where(
            incidents.c.team == paste.spot.team,
            incidents.c.channel == paste.spot.channel,
            incidents.c.automatic,
            incidents.c.created > self._at - _HOUR,
        )
        in_channel = await connection.scalar(recent) or 0
        here = recent.where(incidents.c.thread_ts == paste.spot.thread_ts)
        in_thread = await connection.scalar(here) or 0
        return in_channel >= self.limits.per_channel or in_thread >= self.limits.per_thread

    async def _full(self, connection: AsyncConnection) -> bool:
        waiting = await connection.scalar(select(func.count()).where(jobs.c.state == "queued"))
        return (waiting or 0) >= self.limits.waiting
