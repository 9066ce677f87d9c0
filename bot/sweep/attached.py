"""The sweeping of the fleet file in use: it comes with the file's clients, and goes with them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sweep.crew import Sweeping


@dataclass(slots=True)
class AttachedSweeping:
    """What jobs sweep with; they wait while there is none yet."""

    _current: Sweeping | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def get(self) -> Sweeping:
        """The newest."""
        async with self._news:
            await self._news.wait_for(lambda: self._current is not None)
            assert self._current is not None
            return self._current

    async def replaced(self, old: Sweeping) -> None:
        """Return when another fleet file is in use than this one was made for."""
        async with self._news:
            await self._news.wait_for(
                lambda: self._current is not None and self._current.fleet != old.fleet
            )

    async def attach(self, sweeping: Sweeping) -> None:
        """Use this one from now on."""
        async with self._news:
            self._current = sweeping
            self._news.notify_all()

    async def detach(self, sweeping: Sweeping) -> None:
        """Use it no longer, unless another took its place already."""
        async with self._news:
            if self._current is sweeping:
                self._current = None
