"""Sweeps of a seeded fleet, and their documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.sweep import document_of
from diagnostics.sweep import SweepResult, sweep
from tests.sweep.seeded import NOON, SeededFleet

if TYPE_CHECKING:
    from bot.sweep import SweepDocument


async def swept(size: int = 3) -> tuple[SweepResult, SeededFleet]:
    fleet = SeededFleet(size)
    return await sweep(fleet, now=lambda: NOON), fleet


def documented(
    result: SweepResult, fleet: SeededFleet, previous: SweepDocument | None = None
) -> SweepDocument:
    return document_of(
        result,
        fleet.fleet,
        started=NOON,
        finished=NOON + timedelta(seconds=2),
        previous=previous,
    )
