"""The work behind the listeners: referenced, bounded, drained on stop and taken up again at the next start."""

from bot.jobs.runner import Runner
from bot.jobs.work import Work

__all__ = ["Runner", "Work"]
