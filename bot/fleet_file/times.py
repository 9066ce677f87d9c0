"""Times as the fleet file writes them: moments with a zone, times of day, days of the week, and zones."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, Field

from bot.fleet_file.faults import shown, wrong
from diagnostics.document.tree import Scalar

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday`."""
_CLOCK: Final = re.compile(r"(?:([a-z]{3}) )?(\d{2}):([0-5]\d)", re.ASCII)
_MIDNIGHT: Final = 24 * 60
_CRON_FIELDS: Final = 5


def as_written(value: object) -> object:
    """YAML reads an unquoted time as one, or as a number; it is taken as text."""
    return value.text if isinstance(value, Scalar) and not value.is_null else value


def clock_of(text: str) -> tuple[int | None, int] | None:
    """Read `16:00` or `fri 16:00`: the day of the week from 0, if one is named, and minutes; None if it is neither.

    `24:00` is the end of a day.
    """
    found = _CLOCK.fullmatch(text)
    if found is None or (found[1] is not None and found[1] not in DAYS):
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    day = None if found[1] is None else DAYS.index(found[1])
    return (day, minutes) if minutes <= _MIDNIGHT else None


def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of a name such as Europe/Berlin; None if there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def _moment(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise wrong(
            f"{shown(value)} is not a time with its zone; expected one such as 2026-12-20T18:00:00+01:00"
        )
    return value


def _clock(value: str) -> str:
    if clock_of(value) is None:
        raise wrong(
            f"{shown(value)} is not a time of day; expected one such as 16:00, or fri 16:00 for once a week"
        )
    return value


def _day(value: str) -> str:
    if value not in DAYS:
        raise wrong(f"{shown(value)} is not a day of the week; known are {', '.join(DAYS)}")
    return value


def _date(value: str) -> str:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or value != found.isoformat():
        raise wrong(f"{shown(value)} is not a date; expected one such as 2026-12-24")
    return value


def _zone(value: str) -> str:
    if zone_of(value) is None:
        raise wrong(f"{shown(value)} is not a time zone; expected one such as Europe/Berlin or UTC")
    return value


Moment = Annotated[
    str,
    BeforeValidator(as_written),
    AfterValidator(_moment),
    Field(json_schema_extra={"format": "date-time"}),
]
ClockTime = Annotated[
    str,
    BeforeValidator(as_written),
    AfterValidator(_clock),
    Field(json_schema_extra={"pattern": f"^((?:{'|'.join(DAYS)}) )?[0-2][0-9]:[0-5][0-9]$"}),
]


def _cron(value: str) -> str:
    if len(value.split()) != _CRON_FIELDS:  # CronSim takes a sixth in front, for seconds.
        raise wrong(
            f"{shown(value)} is no schedule of cron; expected five fields such as `0 6 * * 1-5`"
        )
    try:
        CronSim(value, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise wrong(
            f"{shown(value)} is no schedule of cron ({error}); expected five fields such as `0 6 * * 1-5`"
        ) from None
    return value


CronLine = Annotated[str, Field(max_length=100), AfterValidator(_cron)]
Day = Annotated[str, AfterValidator(_day), Field(json_schema_extra={"enum": list(DAYS)})]
Date = Annotated[
    str,
    BeforeValidator(as_written),
    AfterValidator(_date),
    Field(json_schema_extra={"format": "date"}),
]
ZoneName = Annotated[str, AfterValidator(_zone)]
