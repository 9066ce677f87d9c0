"""What the last preflight came to, for whoever asks in Slack; see `handlers.preflights`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from bot.preflight.message import named, preflight_message, readable, standing_line
from bot.preflight.outcome import KEPT
from diagnostics.languages import speak
from handlers.blockkit import build, clip, escape
from handlers.render.card import Message

if TYPE_CHECKING:
    from datetime import datetime

    from bot.live.attached import Attached
    from bot.preflight.outcome import Outcome
    from bot.preflight.walker import Walker
    from bot.store.preflights import PreflightRecords
    from handlers.reach import Reach

FRESH: Final = timedelta(minutes=10)
"""Within this nothing is walked again: it would say the same, and costs the accounts calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPreflights:
    """Fulfils `handlers.preflights.Preflights`."""

    records: PreflightRecords
    walkers: Attached[Walker]

    async def standing(self, reach: Reach) -> str | None:
        """One line about the last walk; None where there was none."""
        found = await self._last()
        if found is None:
            return None
        walker, outcome, finished = found
        return standing_line(readable(outcome, reach, walker.known()), finished)

    async def shown(self, reach: Reach, name: str, *, however_old: bool) -> Message | None:
        """The last walk, or one place of it; None where there is none that is new enough."""
        found = await self._last()
        if found is None:
            return None
        walker, outcome, finished = found
        if not however_old and finished < self.records.now() - FRESH:
            return None
        places = readable(outcome, reach, walker.known())
        if not name:
            return preflight_message(
                places, finished, left_out=0 if reach.is_limited else outcome.left_out
            )
        meant = named(places, name)
        if not meant:
            words = speak(
                "I tried nothing of the name {name}. Name an account or a cluster of the fleet.",
                name=escape(f"“{clip(name, 60)}”"),
            )
            return Message(text=words, blocks=[build.section(words)])
        return preflight_message(meant, finished)

    async def under_way(self) -> datetime | None:
        """Since when the fleet is walked; None where it is not."""
        walker = self.walkers.current
        return None if walker is None else await self.records.under_way(walker.fleet)

    async def _last(self) -> tuple[Walker, Outcome, datetime] | None:
        walker = self.walkers.current
        row = None if walker is None else await self.records.last(walker.fleet)
        if walker is None or row is None:
            return None
        try:
            outcome = KEPT.validate_json(row.document)
        except ValidationError:
            return None  # another version of the bot wrote it; a new walk replaces it
        return walker, outcome, row.finished
