"""What the handlers ask of the preflights on record. `bot.preflight.kept` fulfils it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.reach import Reach
    from handlers.render.card import Message


class Preflights(Protocol):
    """What the last preflight of the fleet file in use came to."""

    async def standing(self, reach: Reach) -> str | None:
        """One line of mrkdwn; None where there was none."""

    async def shown(self, reach: Reach, name: str, *, however_old: bool) -> Message | None:
        """The last one, or the account or cluster of that name; None where there is none that is new enough."""

    async def under_way(self) -> datetime | None:
        """Since when one is under way; None where none is."""
