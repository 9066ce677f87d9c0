"""Which reply answers a cause in full: the first of several wins, in whatever process they run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from bot.store.insert import insert_once
from bot.store.tables import full_answers, incidents

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from handlers.incident import Incident

WINDOW: Final = timedelta(hours=1)
"""Between two failures that count as one storm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullAnswers:
    """Decides once per incident, and keeps to it."""

    engine: AsyncEngine

    async def decide(self, incident: Incident, cause: str, *, may_point: bool) -> str:
        """The ID of the incident whose reply answers this one's cause in full: its own, or an earlier one's.

        Args:
            incident: Which incident; what was decided for it before stands.
            cause: What makes two causes the same, at most 64 characters.
            may_point: Whether a pointer will do; who asked gets the whole answer.
        """
        async with self.engine.begin() as connection:
            decided = await connection.scalar(
                select(incidents.c.full_answer).where(incidents.c.id == incident.id)
            )
            if decided is not None and (may_point or decided == incident.id):
                return str(decided)
            holder = await self._holder(connection, incident, cause)
            answer = holder if may_point else incident.id
            await connection.execute(
                update(incidents).where(incidents.c.id == incident.id).values(full_answer=answer)
            )
            return answer

    async def release(self, incident_id: str) -> None:
        """Let another answer in full, since this one's reply could not be shown."""
        async with self.engine.begin() as connection:
            await connection.execute(
                delete(full_answers).where(full_answers.c.incident_id == incident_id)
            )

    async def _holder(self, connection: AsyncConnection, incident: Incident, cause: str) -> str:
        """Take the cause if it is free, or if who holds it is of another time; who holds it then."""
        at = incident.created.timestamp()
        key = {"team": incident.spot.team, "channel": incident.spot.channel, "cause": cause}
        if await insert_once(
            connection, full_answers, {**key, "incident_id": incident.id, "at": at}
        ):
            return incident.id
        mine = [full_answers.c[name] == value for name, value in key.items()]
        held = (await connection.execute(select(full_answers).where(*mine))).one()
        healed = await connection.scalar(
            select(incidents.c.healed).where(incidents.c.id == held.incident_id)
        )
        if healed is None and at - held.at < WINDOW.total_seconds():
            return str(held.incident_id)
        taken = await connection.execute(
            update(full_answers)
            .where(*mine, full_answers.c.incident_id == held.incident_id)
            .values(incident_id=incident.id, at=at)
        )
        if taken.rowcount == 1:
            return incident.id
        return str(await connection.scalar(select(full_answers.c.incident_id).where(*mine)))
