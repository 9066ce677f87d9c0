"""Output of commands that people pasted for an incident, kept as far as a check reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from bot.store.tables import handed_evidence, jobs

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from handlers.ports import Clock

_NEWEST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOutput:
    """What one message gave."""

    by: str
    """Slack user ID."""
    at: datetime
    cluster: str | None
    """The alias of the cluster that its objects are of; None where the incident did not know it yet."""
    text: str
    """As `bot.evidence.read_bundle` takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedStore:
    """Keeps it with the incident, and forgets it with the incident."""

    engine: AsyncEngine
    now: Clock

    async def add(self, incident_id: str, output: HandedOutput, *, job_id: int) -> None:
        """Keep what a job took, once, however often the job is started; its payload is not needed any more."""
        row = {
            "job_id": job_id,
            "incident_id": incident_id,
            "by": output.by,
            "at": output.at.timestamp(),
            "cluster": output.cluster,
            "text": output.text,
        }
        async with self.engine.begin() as connection:
            await connection.execute(
                delete(handed_evidence).where(handed_evidence.c.job_id == job_id)
            )
            await connection.execute(handed_evidence.insert().values(row))

    async def of(self, incident_id: str) -> tuple[HandedOutput, ...]:
        """What was handed over for an incident, oldest first; the newest 20."""
        wanted = (
            select(handed_evidence)
            .where(handed_evidence.c.incident_id == incident_id)
            .order_by(handed_evidence.c.at.desc())
            .limit(_NEWEST)
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        return tuple(
            HandedOutput(
                by=row.by,
                at=datetime.fromtimestamp(row.at, UTC),
                cluster=row.cluster,
                text=row.text,
            )
            for row in reversed(rows)
        )

    async def forget_message(self, job_id: int) -> None:
        """Drop what the job was given: all that is needed of it is kept, the rest never was."""
        async with self.engine.begin() as connection:
            await connection.execute(update(jobs).where(jobs.c.id == job_id).values(payload="{}"))
