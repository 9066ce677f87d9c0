"""How many calls run at once at one place: fewer once it asks us to slow down, more again while it does not.

Source: the additive-increase, multiplicative-decrease rule of RFC 5681, applied to calls in flight. Botocore's own
adaptive mode knows clients only, and one client serves all accounts here: a slow account would slow them all.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(slots=True)
class Turn:
    """One call's turn."""

    throttled: bool = False
    """Whether the place asked to slow down."""


class Slots:
    """Turns for the calls to one account or one cluster, first come, first served.

    Args:
        most: Calls at once while nothing is throttled.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._room = float(most)
        self._busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def room(self) -> int:
        """Calls at once, as it stands."""
        return max(1, int(self._room))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for a turn, and give it back at the end of the block."""
        await self.take()
        turn = Turn()
        try:
            yield turn
        finally:
            self.give_back(turn)

    async def take(self) -> None:
        """Wait for a turn; whoever takes one gives it back."""
        if self._busy < self.room and not self._waiting:
            self._busy += 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._busy -= 1  # it was this one's turn already
            self._next()
            raise

    def give_back(self, turn: Turn) -> None:
        """End a turn, and learn from it."""
        if turn.throttled:
            self._room = max(1.0, self._room / 2)
        else:
            self._room = min(float(self._most), self._room + 1 / self._room)
        self._busy -= 1
        self._next()

    def _next(self) -> None:
        while self._waiting and self._busy < self.room:
            first = self._waiting.popleft()
            if not first.done():
                self._busy += 1
                first.set_result(None)
