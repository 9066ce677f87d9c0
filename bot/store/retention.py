"""Forget what has served its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot import audit
from bot.store.tables import (
    channel_answers,
    channel_mutes,
    events,
    full_answers,
    incidents,
    jobs,
    messages,
    sweeps,
    watches,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days that each kind of record is kept."""

    deliveries: float = 2.0
    """Slack tries again for some minutes, and may redeliver within the hour."""
    jobs: float = 7.0
    incidents: float = 90.0
    """With their plans; buttons of older replies say that the card is out of date."""
    answers: float = 30.0
    """What people of a channel answered."""
    audit: float = 400.0


async def forget(engine: AsyncEngine, keep: Retention, *, at: float) -> int:
    """Delete what is older; the number of rows."""
    aged = (
        (events, events.c.at, keep.deliveries),
        (messages, messages.c.at, keep.incidents),
        (incidents, incidents.c.updated, keep.incidents),
        (channel_answers, channel_answers.c.at, keep.answers),
        (channel_mutes, channel_mutes.c.until, 0.0),
        (full_answers, full_answers.c.at, keep.deliveries),
        (watches, watches.c.ends, 0.0),
    )
    gone = 0
    async with engine.begin() as connection:
        for table, column, days in aged:
            done = await connection.execute(delete(table).where(column < at - days * _DAY))
            gone += done.rowcount
        done = await connection.execute(
            delete(jobs).where(jobs.c.state == "done", jobs.c.finished < at - keep.jobs * _DAY)
        )
        gone += done.rowcount
        newest = select(sweeps.c.id).where(sweeps.c.finished.is_not(None))
        kept = newest.order_by(sweeps.c.finished.desc()).limit(1).scalar_subquery()
        done = await connection.execute(
            delete(sweeps).where(
                sweeps.c.finished < at - keep.incidents * _DAY, sweeps.c.id != kept
            )
        )
        gone += done.rowcount
        gone += await audit.forget(connection, before=at - keep.audit * _DAY, at=at)
    return gone
