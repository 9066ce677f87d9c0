"""A running bot, without its door to Slack: what the doors, and what goes on beside it, may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.jobs.bench import Bench
    from bot.jobs.runner import Runner
    from bot.store import Store
    from bot.telemetry import Telemetry
    from handlers.desk import Me
    from handlers.ports import Clock

_log = structlog.get_logger("irsa.door")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Its parts."""

    bolt: AsyncApp
    me: Me
    scopes: frozenset[str]
    store: Store
    runner: Runner
    telemetry: Telemetry
    bench: Bench
    now: Clock

    def turned_away(self, reason: str) -> None:
        """Count and log a delivery that is refused before anything reads it.

        Args:
            reason: A short name, for the metrics.
        """
        self.telemetry.refused.labels(reason=reason).inc()
        _log.warning("request refused", reason=reason)
