"""Incidents: read them, and keep what their reply shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from bot.store import codec
from bot.store.failures import forget_failures, keep_failures
from bot.store.tables import incidents
from handlers.incident import Incident, Spot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncEngine

    from diagnostics.case import Question
    from diagnostics.result import Diagnosis
    from handlers.ports import Clock
    from handlers.render.card import Happening

_HAPPENINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentStore:
    """The `Incidents` of the handlers, and what the jobs write."""

    engine: AsyncEngine
    now: Clock

    async def get(self, incident_id: str) -> Incident | None:
        """One incident."""
        async with self.engine.connect() as connection:
            found = await connection.execute(select(incidents).where(incidents.c.id == incident_id))
            row = found.one_or_none()
        return None if row is None else _incident(row)

    async def recent(
        self, team: str, *, by: str | None = None, channel: str | None = None, limit: int
    ) -> tuple[Incident, ...]:
        """The newest incidents with a diagnosis, of a person or of a channel, newest first."""
        wanted: list[ColumnElement[bool]] = []
        if by is not None:
            wanted.append(incidents.c.by == by)
        if channel is not None:
            wanted.append(incidents.c.channel == channel)
        return await self._newest(team, *wanted, limit=limit)

    async def alike(self, team: str, beginning: str, *, limit: int) -> tuple[Incident, ...]:
        """Incidents with a diagnosis whose ID begins so, newest first."""
        wanted = incidents.c.id.startswith(beginning, autoescape=True)
        return await self._newest(team, wanted, limit=limit)

    async def _newest(
        self, team: str, *wanted: ColumnElement[bool], limit: int
    ) -> tuple[Incident, ...]:
        query = (
            select(incidents)
            .where(incidents.c.team == team, incidents.c.diagnoses.is_not(None), *wanted)
            .order_by(incidents.c.created.desc())
            .limit(limit)
        )
        async with self.engine.connect() as connection:
            return tuple(_incident(row) for row in await connection.execute(query))

    async def in_thread(self, spot: Spot, *, asked: bool = False) -> Incident | None:
        """The newest incident of a thread that has a diagnosis, or with `asked` a question."""
        replied = incidents.c.diagnoses.is_not(None)
        wanted = (
            select(incidents)
            .where(
                incidents.c.team == spot.team,
                incidents.c.channel == spot.channel,
                incidents.c.thread_ts == spot.thread_ts,
                or_(replied, incidents.c.question.is_not(None)) if asked else replied,
            )
            .order_by(incidents.c.created.desc())
            .limit(1)
        )
        async with self.engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else _incident(row)

    async def posted(self, incident_id: str, reply_ts: str) -> None:
        """Remember our message in the thread."""
        await self._set(incident_id, reply_ts=reply_ts)

    async def anchored(self, incident: Incident, thread_ts: str) -> None:
        """Remember the message whose thread a command is answered in."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(incidents)
                .where(incidents.c.id == incident.id)
                .values(thread_ts=thread_ts, updated=self._at)
            )
            spot = replace(incident.spot, thread_ts=thread_ts)
            await keep_failures(connection, spot, incident.cases, incident.id)

    async def diagnosed(self, incident_id: str, diagnoses: Sequence[Diagnosis]) -> None:
        """Keep the newest diagnoses, and beside them the first that named a cause."""
        written = codec.diagnoses.write(tuple(diagnoses))
        values: dict[str, object] = {"diagnoses": written, "question": None}
        if any(d.root is not None for d in diagnoses):
            values["found"] = func.coalesce(incidents.c.found, written)
        await self._set(incident_id, **values)

    async def healed(self, incident_id: str, at: datetime | None) -> None:
        """Keep since when every check passes; None: one fails again."""
        await self._set(incident_id, healed=None if at is None else at.timestamp())

    async def summed_up(self, incident_id: str, summary_ts: str) -> None:
        """Remember the message that sums it up."""
        await self._set(incident_id, summary_ts=summary_ts)

    async def asked(self, incident_id: str, question: Question) -> None:
        """Keep what was asked."""
        await self._set(incident_id, question=codec.question.write((question,)))

    async def happened(self, incident_id: str, happenings: Sequence[Happening]) -> None:
        """Keep what people did; the newest 20."""
        kept = tuple(happenings)[-_HAPPENINGS:]
        await self._set(incident_id, happenings=codec.happenings.write(kept))

    async def left_unanswered(self, incident_id: str) -> None:
        """Let the incident's failures be asked about anew in their threads, as by somebody who may read them."""
        async with self.engine.begin() as connection:
            await forget_failures(connection, incident_id)

    async def shared(self, incident_id: str, *, shared: bool) -> None:
        """Keep whether the channel is shared with another organisation."""
        await self._set(incident_id, shared=shared)

    @property
    def _at(self) -> float:
        return self.now().timestamp()

    async def _set(self, incident_id: str, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(
                update(incidents)
                .where(incidents.c.id == incident_id)
                .values(updated=self._at, **values)
            )


def _incident(row: Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        spot=Spot(team=row.team, channel=row.channel, thread_ts=row.thread_ts),
        by=row.by,
        cases=codec.cases.read(row.cases),
        reply_ts=row.reply_ts,
        response_url=row.response_url,
        diagnoses=() if row.diagnoses is None else codec.diagnoses.read(row.diagnoses),
        question=None if row.question is None else codec.question.read(row.question)[0],
        happenings=codec.happenings.read(row.happenings),
        seen=row.seen,
        shared=row.shared,
        automatic=row.automatic,
        found=() if row.found is None else codec.diagnoses.read(row.found),
        healed=None if row.healed is None else datetime.fromtimestamp(row.healed, UTC),
        full_answer=row.full_answer,
        summary_ts=row.summary_ts,
        created=datetime.fromtimestamp(row.created, UTC),
    )
