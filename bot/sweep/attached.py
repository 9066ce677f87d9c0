"""The sweeping of the fleet file in use: it comes with the file's clients, and goes with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.live.attached import Attached

if TYPE_CHECKING:
    from bot.sweep.crew import Sweeping


@dataclass(slots=True)
class AttachedSweeping(Attached["Sweeping"]):
    """What jobs sweep with; they wait while there is none yet."""

    async def replaced(self, old: Sweeping) -> None:
        """Return when another fleet file is in use than this one was made for."""
        async with self.news:
            await self.news.wait_for(
                lambda: self.current is not None and self.current.fleet != old.fleet
            )
