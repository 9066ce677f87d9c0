"""A running bot, without its door to Slack: what the doors, and what goes on beside it, may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.jobs.bench import Bench
    from bot.jobs.runner import Runner
    from bot.store import Store
    from bot.telemetry import Telemetry
    from handlers.desk import Me
    from handlers.ports import Clock


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
