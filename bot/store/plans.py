"""Offered fixes: made with each diagnosis, claimed once, and over after half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.store import codec
from bot.store.inbox import add_job, new_id
from bot.store.tables import plans
from handlers.incident import Plan, PlanState
from handlers.ports import Claim, Order, Task
from handlers.render.card import OfferedFix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncEngine

    from diagnostics.result import Diagnosis
    from handlers.ports import Clock

LIFETIME = 30 * 60.0
"""Seconds that an offer stands; after that the cluster must be read again first."""


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
        return None if row is None else _plan(row)

    async def claim(self, plan_id: str, *, by: str) -> Claim:
        """Take an open plan for a person and queue its application, once however many ask."""
        at = self.now().timestamp()
        async with self.engine.begin() as connection:
            taken = await connection.execute(
                update(plans)
                .where(
                    plans.c.id == plan_id,
                    plans.c.state == PlanState.OPEN.value,
                    plans.c.expires > at,
                )
                .values(state=PlanState.APPLYING.value, by=by, claimed=at)
            )
            row = (
                await connection.execute(select(plans).where(plans.c.id == plan_id))
            ).one_or_none()
            if row is None:
                return Claim.UNKNOWN
            if taken.rowcount != 1:
                return {
                    PlanState.OPEN: Claim.EXPIRED,
                    PlanState.WITHDRAWN: Claim.WITHDRAWN,
                }.get(PlanState(row.state), Claim.TAKEN)
            order = Order(
                task=Task.APPLY, incident_id=row.incident_id, payload={"plan_id": plan_id}
            )
            await add_job(connection, order, at=at)
        self.wake()
        return Claim.CLAIMED

    async def offer(
        self, incident_id: str, diagnoses: Sequence[Diagnosis]
    ) -> tuple[tuple[OfferedFix, ...], ...]:
        """Withdraw the incident's open plans and offer the fixes of its newest diagnoses."""
        at = self.now().timestamp()
        offered: list[tuple[OfferedFix, ...]] = []
        async with self.engine.begin() as connection:
            await connection.execute(
                update(plans)
                .where(plans.c.incident_id == incident_id, plans.c.state == PlanState.OPEN.value)
                .values(state=PlanState.WITHDRAWN.value)
            )
            for position, diagnosis in enumerate(diagnoses):
                row: list[OfferedFix] = []
                for ordinal, fix in enumerate(diagnosis.fixes):
                    plan_id = new_id()
                    await connection.execute(
                        plans.insert().values(
                            id=plan_id,
                            incident_id=incident_id,
                            position=position,
                            ordinal=ordinal,
                            fix=codec.fix.write(fix),
                            state=PlanState.OPEN.value,
                            created=at,
                            expires=at + LIFETIME,
                        )
                    )
                    row.append(OfferedFix(plan_id=plan_id, fix=fix))
                offered.append(tuple(row))
        return tuple(offered)

    async def offered(self, incident_id: str, diagnoses: int) -> tuple[tuple[OfferedFix, ...], ...]:
        """The open plans of an incident, per diagnosis."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(plans)
                .where(plans.c.incident_id == incident_id, plans.c.state == PlanState.OPEN.value)
                .order_by(plans.c.ordinal)
            )
            found = [_plan(row) for row in rows]
        return tuple(
            tuple(OfferedFix(plan_id=p.id, fix=p.fix) for p in found if p.position == position)
            for position in range(diagnoses)
        )

    async def settle(self, plan_id: str, state: PlanState) -> None:
        """Say how a claimed plan ended."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(plans)
                .where(plans.c.id == plan_id, plans.c.state == PlanState.APPLYING.value)
                .values(state=state.value)
            )


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        id=row.id,
        incident_id=row.incident_id,
        position=row.position,
        fix=codec.fix.read(row.fix),
        state=PlanState(row.state),
        expires=datetime.fromtimestamp(row.expires, UTC),
        by=row.by,
        claimed=None if row.claimed is None else datetime.fromtimestamp(row.claimed, UTC),
    )
