"""The fleet file while the process runs: read again when it changes, never worse than before."""

from bot.live.fleet import LiveFleet
from bot.live.watch import watching

__all__ = ["LiveFleet", "watching"]
