"""Times in which nothing is changed from chat: dated ones, and those that come back every week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from diagnostics.fix.plan import FixKind

_WEEK: Final = 7
_MINUTES: Final = 60
_JOINED: Final = 21
"""Intervals that follow on one another and are told as one: three weeks of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What a freeze is about."""

    clusters: frozenset[str] | None = None
    """None: every cluster."""
    namespaces: frozenset[str] | None = None
    """None: every namespace."""
    fixes: frozenset[FixKind] | None = None
    """None: every kind of fix."""

    def covers(self, *, cluster: str, namespace: str, kind: FixKind) -> bool:
        """Whether it is about a fix."""
        return (
            (self.clusters is None or cluster in self.clusters)
            and (self.namespaces is None or namespace in self.namespaces)
            and (self.fixes is None or kind in self.fixes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Affected):
    """A time in which nothing is changed."""

    name: str
    """As in "Year end"."""
    since: datetime
    until: datetime
    """The first moment at which changes are allowed again."""

    def at(self, moment: datetime) -> Freeze | None:
        """Itself, if it holds then."""
        return self if self.since <= moment < self.until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyFreeze(Affected):
    """A freeze that comes back every week, by the clock on the wall of a time zone."""

    name: str
    days: frozenset[int]
    """The days on which it begins; Monday is 0."""
    begins: int
    """Minutes after midnight, 0 to 1,440."""
    ends: int
    """The same, on the day that lies `nights` later."""
    nights: int
    zone: ZoneInfo
    but_not: frozenset[date] = frozenset()
    """Days of that zone's calendar on which nothing is frozen."""

    def at(self, moment: datetime) -> Freeze | None:
        """The freeze that holds then, up to the moment at which changes are allowed again."""
        held = self._interval(moment)
        if held is None:
            return None
        since, until = held
        for _ in range(_JOINED):
            following = self._interval(until)
            if following is None:
                break
            until = following[1]
        return Freeze(
            name=self.name,
            since=since,
            until=until,
            clusters=self.clusters,
            namespaces=self.namespaces,
            fixes=self.fixes,
        )

    def _interval(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """The interval around a moment, cut off where a day begins on which nothing is frozen."""
        today = moment.astimezone(self.zone).date()
        if today in self.but_not:
            return None
        found = None
        for since, until in self._around(today):
            # Compared as UTC: moments of one zone compare by the clock on the wall, which goes back once a year.
            if since <= moment < until and (found is None or until > found[1]):
                found = (since, until)
        if found is None:
            return None
        free = (self._utc(day, 0) for day in self.but_not if day > today)
        return found[0], min([found[1], *free])

    def _around(self, today: date) -> Iterator[tuple[datetime, datetime]]:
        for back in range(_WEEK + 1):
            if today.toordinal() <= back:
                return
            day = today - timedelta(days=back)
            if day.weekday() in self.days:
                try:
                    yield (
                        self._utc(day, self.begins),
                        self._utc(day + timedelta(days=self.nights), self.ends),
                    )
                except OverflowError:
                    return

    def _utc(self, day: date, minutes: int) -> datetime:
        late, minutes = divmod(minutes, 24 * _MINUTES)
        clock = time(*divmod(minutes, _MINUTES), tzinfo=self.zone)
        return datetime.combine(day + timedelta(days=late), clock).astimezone(UTC)
