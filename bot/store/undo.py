"""The way back from a change, as a plan of its own, offered for a day; inside the transaction of its caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from bot.store import codec
from bot.store.ids import new_id
from bot.store.tables import plans
from handlers.incident import PlanState

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from diagnostics.fix.plan import Fix

_LIFETIME: Final = 24 * 3600.0
"""Seconds after a change in which it can be taken back by a press."""
_OPEN: Final = PlanState.OPEN.value
_KEPT: Final = ("incident_id", "position", "ordinal", "fix", "expires", "undoes")


async def offer_undo(connection: AsyncConnection, made: Row[Any], undo: Fix, at: float) -> None:
    """Offer what takes a plan back that was made, in place of what took earlier changes of the same back."""
    await _forget_undo(connection, made.incident_id, undo, at)
    await connection.execute(
        plans.insert().values(
            id=new_id(),
            incident_id=made.incident_id,
            position=made.position,
            ordinal=made.ordinal,
            fix=codec.fix.write(undo),
            state=_OPEN,
            created=at,
            expires=at + _LIFETIME,
            undoes=made.id,
        )
    )


async def offer_undo_again(connection: AsyncConnection, row: Row[Any], at: float) -> None:
    """A way back that was declined, or not permitted just then, stays open as a new plan."""
    if row.undoes is None or row.expires <= at:
        return
    kept = {name: getattr(row, name) for name in _KEPT}
    await connection.execute(plans.insert().values(id=new_id(), state=_OPEN, created=at, **kept))


async def _forget_undo(connection: AsyncConnection, incident_id: str, undo: Fix, at: float) -> None:
    held = await connection.execute(
        select(plans).where(
            plans.c.incident_id == incident_id,
            plans.c.state == _OPEN,
            plans.c.undoes.is_not(None),
        )
    )
    for row in list(held):
        if codec.fix.read(row.fix).subject == undo.subject:
            await connection.execute(
                update(plans)
                .where(plans.c.id == row.id)
                .values(state=PlanState.WITHDRAWN.value, settled=at)
            )
