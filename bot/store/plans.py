"""Offered fixes: made with each diagnosis, asked for, approved, claimed once, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from bot.store import codec
from bot.store.ids import new_id
from bot.store.insert import insert_once
from bot.store.queue import add_job
from bot.store.tables import approvals, plans
from bot.store.undo import offer_undo, offer_undo_again
from handlers.incident import Plan, PlanState
from handlers.ports import Claim, Order, Task
from handlers.render.card import OfferedFix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from bot.store.queue import Job
    from diagnostics.fix.plan import Fix
    from diagnostics.result import Diagnosis
    from handlers.ports import Clock

LIFETIME: Final = 30 * 60.0
"""Seconds that an offer stands; after that the cluster must be read again first."""
REQUEST: Final = 60 * 60.0
"""Seconds that a request for approval stands. What it changes is still held to the value that was seen."""
_NAMED: Final = "plan_id"
"""Where a job says which plan it is about."""
_OPEN: Final = PlanState.OPEN.value


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStore:
    """The `Plans` of the handlers, and what the jobs write."""

    engine: AsyncEngine
    now: Clock
    wake: Callable[[], None]

    async def get(self, plan_id: str) -> Plan | None:
        """One plan."""
        async with self.engine.connect() as connection:
            row = (
                await connection.execute(select(plans).where(plans.c.id == plan_id))
            ).one_or_none()
            return None if row is None else _plan(row, await _approvals(connection, plan_id))

    async def of(self, job: Job) -> Plan | None:
        """The plan that a job is about."""
        return await self.get(str(job.payload.get(_NAMED)))

    async def approve(self, plan_id: str, *, by: str, needed: int, own: bool) -> Claim:
        """Approve an open plan; see `handlers.ports.Plans`."""
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            row = await _open_plan(connection, plan_id, at)
            if isinstance(row, Claim):
                return row
            first = row.requested_by is None
            requester = by if first else row.requested_by
            if by == requester and not own:
                if not first:
                    return Claim.OWN
            else:
                mark = {"plan_id": plan_id, "user": by, "at": at}
                if not await insert_once(connection, approvals, mark):
                    return Claim.REPEATED
            given = await _approvals(connection, plan_id)
            values: dict[str, object] = {"requested_by": requester}
            if len(given) >= needed:
                values |= {"state": PlanState.APPLYING.value, "by": by, "claimed": at}
            elif first:
                values |= {"requested": at, "expires": _request_ends(row, at)}
            await connection.execute(update(plans).where(plans.c.id == plan_id).values(**values))
            task = Task.APPLY if len(given) >= needed else Task.REQUEST
            await self._queue(connection, task, row, at)
        self.wake()
        return Claim.CLAIMED if task is Task.APPLY else Claim.WAITING

    async def ask(self, plan_id: str, *, by: str) -> Claim:
        """Put a request on record; see `handlers.ports.Plans`."""
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            row = await _open_plan(connection, plan_id, at)
            if isinstance(row, Claim):
                return row
            if row.requested_by is not None:
                return Claim.REPEATED
            await connection.execute(
                update(plans)
                .where(plans.c.id == plan_id)
                .values(requested_by=by, requested=at, expires=_request_ends(row, at))
            )
            await self._queue(connection, Task.REQUEST, row, at)
        self.wake()
        return Claim.WAITING

    async def decline(self, plan_id: str, *, by: str) -> Claim:
        """Close the request for an open plan; see `handlers.ports.Plans`."""
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            row = await _open_plan(connection, plan_id, at)
            if isinstance(row, Claim):
                return row
            await connection.execute(
                update(plans)
                .where(plans.c.id == plan_id)
                .values(state=PlanState.DECLINED.value, by=by, settled=at)
            )
            await offer_undo_again(connection, row, at)
            await self._queue(connection, Task.REQUEST, row, at)
            await self._queue(connection, Task.SHOW, row, at)
        self.wake()
        return Claim.DECLINED

    async def announced(self, plan_id: str, request_ts: str) -> None:
        """Remember the message that asks the approvers."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(plans).where(plans.c.id == plan_id).values(request_ts=request_ts)
            )

    async def begin(self, plan_id: str) -> None:
        """Say that the rules have been checked for the last time: from here on, the change may have been made."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(plans)
                .where(plans.c.id == plan_id, plans.c.state == PlanState.APPLYING.value)
                .values(began=self.now().timestamp())
            )

    async def offer(self, incident_id: str, diagnoses: Sequence[Diagnosis]) -> None:
        """Withdraw the incident's open plans and offer the fixes of its newest diagnoses.

        A fix that somebody asked for and that is offered again unchanged stays the same plan.
        """
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            rows = list(
                await connection.execute(
                    select(plans).where(
                        plans.c.incident_id == incident_id,
                        plans.c.state == _OPEN,
                        plans.c.undoes.is_(None),
                    )
                )
            )
            asked = {
                row.fix: row for row in rows if row.requested_by is not None and row.expires > at
            }
            for position, diagnosis in enumerate(diagnoses):
                for ordinal, fix in enumerate(diagnosis.fixes):
                    place = {"position": position, "ordinal": ordinal}
                    text = codec.fix.write(fix)
                    kept = asked.pop(text, None)
                    if kept is not None:
                        await connection.execute(
                            update(plans).where(plans.c.id == kept.id).values(**place)
                        )
                        rows.remove(kept)
                        continue
                    await connection.execute(
                        plans.insert().values(
                            id=new_id(),
                            incident_id=incident_id,
                            fix=text,
                            state=_OPEN,
                            created=at,
                            expires=at + LIFETIME,
                            **place,
                        )
                    )
            for row in rows:
                await connection.execute(
                    update(plans)
                    .where(plans.c.id == row.id)
                    .values(state=PlanState.WITHDRAWN.value, settled=at)
                )
                if row.requested_by is not None:
                    await self._queue(connection, Task.REQUEST, row, at)
        self.wake()

    async def offered(self, incident_id: str, diagnoses: int) -> tuple[tuple[OfferedFix, ...], ...]:
        """The open plans of an incident, per diagnosis; what takes a change back comes last, newest first."""
        at = self.now().timestamp()
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(plans)
                .where(plans.c.incident_id == incident_id, plans.c.state == _OPEN)
                .order_by(plans.c.ordinal, plans.c.created.desc())
            )
            found = [_plan(row) for row in rows if row.undoes is None or row.expires > at]
        found.sort(key=lambda plan: plan.undoes is not None)
        return tuple(
            tuple(
                OfferedFix(
                    plan_id=p.id, fix=p.fix, undo_until=None if p.undoes is None else p.expires
                )
                for p in found
                if p.position == position
            )
            for position in range(diagnoses)
        )

    async def settle(self, plan_id: str, state: PlanState, *, undo: Fix | None = None) -> None:
        """Say how a claimed plan ended.

        Args:
            plan_id: The plan.
            state: How.
            undo: What takes it back; offered for a day, in place of what took earlier changes of the same back.
        """
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            row = await _locked(connection, plan_id)
            if row is None or row.state != PlanState.APPLYING.value:
                return
            await connection.execute(
                update(plans).where(plans.c.id == plan_id).values(state=state.value, settled=at)
            )
            if row.request_ts is not None:
                await self._queue(connection, Task.REQUEST, row, at)
            if state is not PlanState.APPLIED:
                await offer_undo_again(connection, row, at)
                return
            if undo is not None:
                await offer_undo(connection, row, undo, at)

    @staticmethod
    async def _queue(connection: AsyncConnection, task: Task, row: Row[Any], at: float) -> None:
        order = Order(task=task, incident_id=row.incident_id, payload={_NAMED: row.id})
        await add_job(connection, order, at=at)


async def _locked(connection: AsyncConnection, plan_id: str) -> Row[Any] | None:
    """Read a plan that nobody else changes until the transaction ends; SQLite locks as a whole."""
    found = await connection.execute(select(plans).where(plans.c.id == plan_id).with_for_update())
    return found.one_or_none()


async def _open_plan(connection: AsyncConnection, plan_id: str, at: float) -> Row[Any] | Claim:
    """Read, as `_locked` does, a plan that may still be claimed; or why it may not."""
    row = await _locked(connection, plan_id)
    if row is None:
        return Claim.UNKNOWN
    if row.state == _OPEN:
        return row if row.expires > at else Claim.EXPIRED
    return {
        PlanState.WITHDRAWN: Claim.WITHDRAWN,
        PlanState.DECLINED: Claim.DECLINED,
    }.get(PlanState(row.state), Claim.TAKEN)


def _request_ends(row: Row[Any], at: float) -> float:
    """When a request for a plan expires: what takes a change back stands as long as it would anyway."""
    expires: float = row.expires
    return expires if row.undoes is not None else at + REQUEST


async def _approvals(connection: AsyncConnection, plan_id: str) -> tuple[str, ...]:
    rows = await connection.execute(
        select(approvals.c.user)
        .where(approvals.c.plan_id == plan_id)
        .order_by(approvals.c.at, approvals.c.user)
    )
    return tuple(row.user for row in rows)


def _plan(row: Row[Any], approved: tuple[str, ...] = ()) -> Plan:
    return Plan(
        id=row.id,
        incident_id=row.incident_id,
        position=row.position,
        fix=codec.fix.read(row.fix),
        state=PlanState(row.state),
        expires=datetime.fromtimestamp(row.expires, UTC),
        by=row.by,
        claimed=_moment(row.claimed),
        requested_by=row.requested_by,
        request_ts=row.request_ts,
        approvals=approved,
        began=_moment(row.began),
        undoes=row.undoes,
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
