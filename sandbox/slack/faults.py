"""Refusals and rate limits that a test or the demo switches on."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Final

TIERS: Final = {"t1": 1.0, "t2": 20.0, "t3": 50.0, "t4": 100.0}
"""Calls a minute, per method. Source: docs.slack.dev, "Web API rate limits"."""

POST_BURST: Final = 3
"""How many posts to one channel pass before one a second holds; Slack says only that bursts pass."""

_TINY: Final = 1e-3
"""Less than this of a call is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How the next call of a method fails.

    Attributes:
        error: A Slack error name, such as `internal_error`.
        status: Another HTTP status than 200, with no JSON in the body.
        retry_after: Seconds to wait: HTTP 429 with `Retry-After`.
        after_acting: The call does its work, and then the connection breaks before the answer.
    """

    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    after_acting: bool = False


@dataclass(slots=True)
class Faults:
    """What is to go wrong, method by method, in order."""

    planned: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))

    def plan(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next `times` calls of `method` fail so."""
        self.planned[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The fault of this call, if one is planned."""
        waiting = self.planned.get(method)
        return waiting.popleft() if waiting else None

    def clear(self) -> None:
        """Plan nothing any more."""
        self.planned.clear()


@dataclass(slots=True)
class RateLimits:
    """Token buckets per method (and channel, for posts); off until switched on."""

    enabled: bool = False
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, method: str, tier: str, channel: str | None, now: float) -> int | None:
        """Whole seconds until the call is allowed, or None if it is now.

        Args:
            method: The Web API method.
            tier: Its rate tier, `t1` to `t4`, or `t5` for special.
            channel: Where a post goes.
            now: Seconds since the epoch.
        """
        if not self.enabled:
            return None
        if method == "chat.postMessage":
            return self._take(f"{method} {channel}", POST_BURST, 1.0, now)
        if tier not in TIERS:
            return None
        return self._take(method, TIERS[tier], TIERS[tier] / 60, now)

    def _take(self, name: str, room: float, per_second: float, now: float) -> int | None:
        left, since = self._buckets.get(name, (room, now))
        left = min(room, left + (now - since) * per_second)
        if left < 1 - _TINY:
            self._buckets[name] = (left, now)
            return math.ceil((1 - left) / per_second - _TINY)
        self._buckets[name] = (left - 1, now)
        return None
