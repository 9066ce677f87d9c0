"""Sweeps on record: which one runs, what is done of it, what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select, update

from bot.store.ids import new_id
from bot.store.insert import insert_once
from bot.store.sweep_roles import SweepRoles, forget_roles, keep_roles
from bot.store.tables import sweep_parts, sweeps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.store.sweep_roles import RoleRow
    from handlers.ports import Clock

LOST_AFTER: Final = 6 * 3600.0
"""Seconds after which a sweep that never ended is given up: what it read is old by then."""
_DOCUMENTS: Final = 10
"""Reports that are kept whole; each carries the sums of those before it."""
_ROW: Final = (sweeps.c.id, sweeps.c.started, sweeps.c.finished, sweeps.c.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRow:
    """One sweep."""

    id: str
    started: float
    finished: float | None = None
    document: str | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.finished is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRecords:
    """Sweeps of the fleets that share this database; each method is one transaction."""

    engine: AsyncEngine
    now: Clock
    owner: str
    """This process."""

    @property
    def roles(self) -> SweepRoles:
        """The roles that sweeps have read."""
        return SweepRoles(engine=self.engine)

    async def begin(
        self, fleet: str, *, sweep_id: str | None = None, slot: float | None = None
    ) -> SweepRow | None:
        """Start a sweep of a fleet, or join the one that runs.

        Args:
            fleet: Which one, by its fingerprint.
            sweep_id: The ID that a new one gets; a sweep of this ID is taken as it is, even if it has ended.
            slot: The moment of the schedule that it serves.

        Returns:
            None where the moment is served already and nothing runs.
        """
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            await connection.execute(
                update(sweeps)
                .where(
                    sweeps.c.fleet == fleet,
                    sweeps.c.state == "running",
                    sweeps.c.started < at - LOST_AFTER,
                )
                .values(state="lost", finished=at)
            )
            own = (
                await connection.execute(select(*_ROW).where(sweeps.c.id == (sweep_id or "")))
            ).one_or_none()
            if own is None:
                values = {
                    "id": sweep_id or new_id(),
                    "fleet": fleet,
                    "state": "running",
                    "slot": slot,
                    "started": at,
                }
                await insert_once(connection, sweeps, values)
                running = sweeps.c.fleet == fleet, sweeps.c.state == "running"
                own = (await connection.execute(select(*_ROW).where(*running))).one_or_none()
        return _sweep(own)

    async def get(self, sweep_id: str) -> SweepRow | None:
        """One sweep."""
        found = select(*_ROW).where(sweeps.c.id == sweep_id)
        async with self.engine.connect() as connection:
            row = (await connection.execute(found)).one_or_none()
        return _sweep(row)

    async def last(self) -> SweepRow | None:
        """The newest sweep that ended with a report, whatever the fleet file said then."""
        found = (
            select(*_ROW)
            .where(sweeps.c.state == "done")
            .order_by(sweeps.c.finished.desc())
            .limit(1)
        )
        async with self.engine.connect() as connection:
            row = (await connection.execute(found)).one_or_none()
        return _sweep(row)

    async def served(self) -> float | None:
        """The latest moment of the schedule that was served."""
        found = select(func.max(sweeps.c.slot))
        async with self.engine.connect() as connection:
            latest = await connection.scalar(found)
        return None if latest is None else float(latest)

    async def seed(self, fleet: str, slot: float) -> None:
        """Count a moment of the schedule as served without a sweep: the schedule begins after it."""
        values = {
            "id": new_id(),
            "fleet": fleet,
            "state": "seed",
            "slot": slot,
            "started": slot,
            "finished": slot,
        }
        async with self.engine.begin() as connection:
            await insert_once(connection, sweeps, values)

    async def give_up(self, sweep_id: str) -> None:
        """End a sweep without a report: the fleet file is another by now."""
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            await connection.execute(
                update(sweeps)
                .where(sweeps.c.id == sweep_id, sweeps.c.state == "running")
                .values(state="lost", finished=at)
            )

    async def keep(self, sweep_id: str, kind: str, name: str, body: str) -> bool:
        """Put a part on record; False where it is there already, which then stands."""
        async with self.engine.begin() as connection:
            return await self._keep(connection, sweep_id, kind, name, body)

    async def keep_account(
        self,
        sweep_id: str,
        account: str,
        body: str,
        roles: Iterable[RoleRow],
        trusts: Iterable[tuple[str, str]],
    ) -> bool:
        """Put an account on record with its roles; False where it is there already.

        Args:
            sweep_id: Of which sweep.
            account: ID.
            body: Its part.
            roles: All of its roles.
            trusts: (issuer, role name) for what its roles trust; an empty name for a provider alone.
        """
        async with self.engine.begin() as connection:
            if not await self._keep(connection, sweep_id, "account", account, body):
                return False
            await keep_roles(connection, sweep_id, account, roles, trusts)
        return True

    async def parts(self, sweep_id: str, kind: str) -> dict[str, str]:
        """The bodies of one kind of part, by name."""
        found = select(sweep_parts.c.name, sweep_parts.c.body).where(
            sweep_parts.c.sweep_id == sweep_id, sweep_parts.c.kind == kind
        )
        async with self.engine.connect() as connection:
            return {row.name: row.body for row in await connection.execute(found)}

    async def part(self, sweep_id: str, kind: str, name: str) -> str | None:
        """One part's body."""
        found = select(sweep_parts.c.body).where(
            sweep_parts.c.sweep_id == sweep_id,
            sweep_parts.c.kind == kind,
            sweep_parts.c.name == name[:128],
        )
        async with self.engine.connect() as connection:
            return await connection.scalar(found)

    async def done(self, sweep_id: str, kind: str) -> dict[str, str]:
        """Which parts of a kind are done, and which process did each."""
        found = select(sweep_parts.c.name, sweep_parts.c.by).where(
            sweep_parts.c.sweep_id == sweep_id, sweep_parts.c.kind == kind
        )
        async with self.engine.connect() as connection:
            return {row.name: row.by for row in await connection.execute(found)}

    async def counts(self, sweep_id: str) -> Mapping[str, int]:
        """How many parts of each kind are done."""
        found = (
            select(sweep_parts.c.kind, func.count().label("done"))
            .where(sweep_parts.c.sweep_id == sweep_id)
            .group_by(sweep_parts.c.kind)
        )
        async with self.engine.connect() as connection:
            return {row.kind: row.done for row in await connection.execute(found)}

    async def finish(self, sweep_id: str, document: str) -> bool:
        """End a sweep with its report, and let go of what it was made of; False where it had ended."""
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            done = await connection.execute(
                update(sweeps)
                .where(sweeps.c.id == sweep_id, sweeps.c.state == "running")
                .values(state="done", finished=at, document=document)
            )
            await forget_roles(connection, sweep_id)
            ended = select(sweeps.c.id).where(sweeps.c.state != "running", sweeps.c.id != sweep_id)
            await connection.execute(delete(sweep_parts).where(sweep_parts.c.sweep_id.in_(ended)))
            newest = select(sweeps.c.finished).where(sweeps.c.state == "done")
            oldest = newest.order_by(sweeps.c.finished.desc()).offset(_DOCUMENTS).limit(1)
            if (before := await connection.scalar(oldest)) is not None:
                aged = sweeps.c.state == "done", sweeps.c.finished <= before
                await connection.execute(update(sweeps).where(*aged).values(document=None))
        return done.rowcount == 1

    async def _keep(
        self, connection: AsyncConnection, sweep_id: str, kind: str, name: str, body: str
    ) -> bool:
        part = {
            "sweep_id": sweep_id,
            "kind": kind,
            "name": name[:128],
            "body": body,
            "by": self.owner,
        }
        return await insert_once(connection, sweep_parts, part)


def _sweep(row: Any) -> SweepRow | None:
    if row is None:
        return None
    return SweepRow(id=row.id, started=row.started, finished=row.finished, document=row.document)
