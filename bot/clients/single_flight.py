"""One call for however many wait for its answer, which is kept until it expires."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from diagnostics.errors import IrsaDoctorError
from diagnostics.journal import record, recording

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from diagnostics.journal import Call

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[V]):
    """A value and until when it may be used, by the clock of the `SingleFlight` it is in."""

    value: V
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Landed(Generic[V]):
    outcome: Kept[V] | IrsaDoctorError
    calls: tuple[Call, ...]
    at: float
    """By the clock of the `SingleFlight`."""


class SingleFlight(Generic[V]):
    """Values by key. Failures are told to everybody who waits, and not kept.

    The calls that made a value are recorded for each who waited for them, and for nobody who found it kept.
    Whoever stops waiting does not stop the others.

    Args:
        clock: Seconds; the same that `Kept.until` is measured by.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[Hashable, Kept[V]] = {}
        self._flights: dict[Hashable, asyncio.Task[_Landed[V]]] = {}
        self._landed: dict[Hashable, _Landed[V]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Kept[V]]]) -> V:
        """Return the kept value, join the flight under way, or start one.

        Raises:
            IrsaDoctorError: What `make` raised.
        """
        kept = self._kept.get(key)
        if kept is not None and self._clock() < kept.until:
            return kept.value
        return await self.fresh(key, make)

    async def fresh(self, key: Hashable, make: Callable[[], Awaitable[Kept[V]]]) -> V:
        """Join the flight under way or start one, whatever is kept."""
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(self._fly(key, make))
            self._flights[key] = flight
        return self._told(await asyncio.shield(flight))

    async def lately(
        self, key: Hashable, make: Callable[[], Awaitable[Kept[V]]], *, seconds: float
    ) -> V:
        """Return what landed in the last seconds, its calls recorded anew; or else do as `fresh`."""
        landed = self._landed.get(key)
        if landed is not None and self._clock() - landed.at < seconds:
            return self._told(landed)
        return await self.fresh(key, make)

    @staticmethod
    def _told(landed: _Landed[V]) -> V:
        for call in landed.calls:
            record(call)
        if isinstance(landed.outcome, IrsaDoctorError):
            raise landed.outcome
        return landed.outcome.value

    def forget(self, key: Hashable) -> None:
        """Drop what is kept, so that the next one asks anew."""
        self._kept.pop(key, None)
        self._landed.pop(key, None)

    async def close(self) -> None:
        """Stop the flights under way."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _fly(self, key: Hashable, make: Callable[[], Awaitable[Kept[V]]]) -> _Landed[V]:
        outcome: Kept[V] | IrsaDoctorError
        try:
            with recording() as calls:
                try:
                    outcome = await make()
                except IrsaDoctorError as error:
                    outcome = error
            landed = _Landed(outcome=outcome, calls=tuple(calls), at=self._clock())
            if isinstance(outcome, Kept):
                self._kept[key], self._landed[key] = outcome, landed
            return landed
        finally:
            self._flights.pop(key, None)
