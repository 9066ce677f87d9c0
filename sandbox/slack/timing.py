"""How long Slack waits, and a clock that tests can move."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Slack's waits, in seconds. Shorten the delivery's for a test; expiries follow the clock.

    Attributes:
        answer: What the app has to acknowledge an event, a command or an interaction.
        retries: The pause before each further try of an event.
        trigger: How long a `trigger_id` opens a modal.
        response_url: How long a `response_url` takes posts.
        response_url_uses: How many it takes.
        status: When an assistant status disappears by itself.

    Source: docs.slack.dev, "The Events API", "Handling user interaction", `assistant.threads.setStatus`.
    """

    answer: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 30 * 60.0
    response_url_uses: int = 5
    status: float = 120.0


@dataclass(slots=True)
class Clock:
    """Seconds since the epoch, plus what a test has moved it by."""

    source: Callable[[], float] = time.time
    ahead: float = 0.0
    _last_ts: int = field(default=0, repr=False)

    def now(self) -> float:
        """The time, in seconds since the epoch."""
        return self.source() + self.ahead

    def advance(self, seconds: float) -> None:
        """Let that much time have passed."""
        self.ahead += seconds

    def ts(self) -> str:
        """A message timestamp: microseconds, never the same twice."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"
