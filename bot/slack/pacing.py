"""One post a second per channel, as Slack asks. Source: docs.slack.dev, "Rate limits", chat.postMessage."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST: Final = 10_000


@dataclass(slots=True)
class Pacing:
    """Lets posts to one channel through at a distance; posts to others do not wait for them."""

    timer: Callable[[], float]
    distance: float = 1.0
    """Seconds."""
    _next: dict[str, float] = field(default_factory=dict)

    async def turn(self, channel: str) -> None:
        """Wait until this post may go."""
        at = self.timer()
        if len(self._next) >= _MOST:
            self._next = {c: t for c, t in self._next.items() if t > at}
        mine = max(at, self._next.get(channel, 0.0))
        self._next[channel] = mine + self.distance
        if mine > at:
            await asyncio.sleep(mine - at)
