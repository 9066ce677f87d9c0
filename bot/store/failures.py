"""Which failures have a reply in a thread: the same one gets no second. Inside the transaction of its caller."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.store.insert import insert_once
from bot.store.tables import failures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from diagnostics.case import Case
    from handlers.incident import Spot


def fingerprint(case: Case) -> str:
    """What makes two pastes the same failure, or two questions the same."""
    if case.symptom is not None:
        return case.symptom.fingerprint[:64]
    return "asked:" + hashlib.sha256(repr(case.hints).encode()).hexdigest()[:40]


async def keep_failures(
    connection: AsyncConnection, spot: Spot, cases: Iterable[Case], incident_id: str
) -> None:
    """Say that an incident answers these cases in its thread; one that has an answer there keeps it."""
    for case in cases:
        row = {
            "team": spot.team,
            "channel": spot.channel,
            "thread_ts": spot.thread_ts,
            "fingerprint": fingerprint(case),
            "incident_id": incident_id,
        }
        await insert_once(connection, failures, row)


async def answered_by(connection: AsyncConnection, spot: Spot, case: Case) -> str | None:
    """The incident that answers a case in a thread; None where none does."""
    if spot.thread_ts is None:
        return None
    found = await connection.scalar(
        select(failures.c.incident_id).where(
            failures.c.team == spot.team,
            failures.c.channel == spot.channel,
            failures.c.thread_ts == spot.thread_ts,
            failures.c.fingerprint == fingerprint(case),
        )
    )
    return None if found is None else str(found)


async def forget_failures(connection: AsyncConnection, incident_id: str) -> None:
    """Let what an incident answers be asked about anew."""
    await connection.execute(failures.delete().where(failures.c.incident_id == incident_id))
