"""The queue of jobs: claimed by lease, so that what a crashed process held is taken up by the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.tables import jobs
from bot.trace import TRACE, trace_of_work
from handlers.ports import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from handlers.ports import Clock, Order

_LOOK: Final = 20
"""Candidates that are tried before giving up until the next wake-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed job."""

    id: int
    task: Task
    incident_id: str | None
    payload: Mapping[str, object]
    attempt: int
    """1 for the first; more after a crash or a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQueue:
    """Claims, renews and settles jobs. Two jobs of one incident never run at the same time."""

    engine: AsyncEngine
    now: Clock
    owner: str
    lease: float = 30.0
    """Seconds until a job whose owner is silent goes to another process."""

    async def claim(self, *, leave: Task | None = None) -> Job | None:
        """Take the most urgent job that may run now.

        Args:
            leave: A kind of job to leave alone.
        """
        for job_id, state in await self._candidates(leave):
            job = await self._take(job_id, state)
            if job is not None:
                return job
        return None

    async def renew(self, job: Job) -> bool:
        """Keep a job for another lease; False where it was lost to another process."""
        async with self.engine.begin() as connection:
            done = await connection.execute(
                update(jobs)
                .where(jobs.c.id == job.id, jobs.c.owner == self.owner, jobs.c.state == "running")
                .values(lease=self._at + self.lease)
            )
        return done.rowcount == 1

    async def finish(self, job: Job, *, error: str | None = None) -> None:
        """Done, or given up with the reason."""
        await self._settle(job, state="done", finished=self._at, error=error)

    async def release(self, job: Job) -> None:
        """Put an interrupted job back, for the next start."""
        await self._settle(job, state="queued", owner=None, lease=None)

    async def waiting(self) -> tuple[int, float]:
        """How many jobs wait for a process, and for how many seconds the oldest has."""
        asked = select(func.count(), func.min(jobs.c.created)).where(jobs.c.state == "queued")
        async with self.engine.connect() as connection:
            count, oldest = (await connection.execute(asked)).one()
        return count, max(0.0, self._at - oldest) if count else 0.0

    @property
    def _at(self) -> float:
        return self.now().timestamp()

    async def _candidates(self, leave: Task | None) -> list[tuple[int, str]]:
        busy = select(jobs.c.incident_id).where(
            jobs.c.state == "running",
            jobs.c.lease >= self._at,
            jobs.c.incident_id.is_not(None),
        )
        free = or_(
            jobs.c.state == "queued",
            and_(jobs.c.state == "running", jobs.c.lease < self._at),
        )
        wanted = (
            select(jobs.c.id, jobs.c.state)
            .where(
                free,
                jobs.c.task != (leave.value if leave else ""),
                or_(jobs.c.incident_id.is_(None), jobs.c.incident_id.not_in(busy)),
            )
            # An expired one first: until it is taken up, nothing else of its incident can run.
            .order_by(jobs.c.state.desc(), jobs.c.urgent.desc(), jobs.c.id)
            .limit(_LOOK)
        )
        async with self.engine.connect() as connection:
            return [(row.id, row.state) for row in await connection.execute(wanted)]

    async def _take(self, job_id: int, state: str) -> Job | None:
        at = self._at
        mine = update(jobs).where(jobs.c.id == job_id, jobs.c.state == state)
        if state == "running":
            mine = mine.where(jobs.c.lease < at)
        try:
            async with self.engine.begin() as connection:
                row = (
                    await connection.execute(
                        mine.values(
                            state="running",
                            owner=self.owner,
                            lease=at + self.lease,
                            attempts=jobs.c.attempts + 1,
                        ).returning(jobs)
                    )
                ).one_or_none()
        except IntegrityError:
            return None  # another job of the same incident began meanwhile
        if row is None:
            return None
        return Job(
            id=row.id,
            task=Task(row.task),
            incident_id=row.incident_id,
            payload=json.loads(row.payload),
            attempt=row.attempts,
        )

    async def _settle(self, job: Job, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(
                update(jobs)
                .where(jobs.c.id == job.id, jobs.c.owner == self.owner, jobs.c.state == "running")
                .values(**values)
            )


async def add_job(connection: AsyncConnection, order: Order, *, at: float) -> None:
    """Queue one job in the transaction under way, with the trace of the delivery that caused it."""
    trace = trace_of_work()
    payload = {TRACE: trace, **order.payload} if trace else dict(order.payload)
    await connection.execute(
        jobs.insert().values(
            task=order.task.value,
            incident_id=order.incident_id,
            payload=json.dumps(payload),
            urgent=order.urgent,
            state="queued",
            attempts=0,
            created=at,
        )
    )
