"""When the fleet is to be swept by itself. Pure.

CronSim follows Debian's cron through changes of the clock: what falls into the lost hour runs right after it, and
what falls into the doubled one runs once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cronsim import CronSim, CronSimError

if TYPE_CHECKING:
    from bot.fleet_file.contents import SweepPlan

_LONGEST: Final = timedelta(days=400)
"""Longer than the time between two moments of any schedule that is worth its name."""


def latest(plan: SweepPlan, now: datetime) -> datetime | None:
    """The newest moment of a schedule that is not in the future; None where there was none within a year."""
    try:
        moment = next(CronSim(plan.schedule, now.astimezone(plan.zone), reverse=True))
    except (CronSimError, StopIteration):
        return None
    # Backwards the moment itself is not among them.
    exact = next(CronSim(plan.schedule, now.astimezone(plan.zone) - timedelta(seconds=61)), moment)
    found = exact if exact <= now else moment
    return found.astimezone(UTC) if now - found <= _LONGEST else None


def due(plan: SweepPlan, served: float | None, now: datetime) -> datetime | None:
    """The moment that a sweep is owed for; of several that were missed only the newest.

    Args:
        plan: The schedule.
        served: The newest moment that was served, in seconds since the epoch; None: the schedule is new.
        now: When.
    """
    moment = latest(plan, now)
    if moment is None or served is None or moment.timestamp() <= served:
        return None
    return moment
