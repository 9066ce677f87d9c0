"""The language that a job speaks: its channel's in public, its reader's in private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.paste.reading.untrusted import text_at
from handlers.ports import Task

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.languages import Language
    from handlers.incident import Incident

_PRIVATE: Final = frozenset({Task.WARN, Task.HELP, Task.HOME, Task.PREFLIGHT})
"""Jobs whose words one person alone sees."""


async def language_of(bench: Bench, job: Job, incident: Incident | None) -> Language:
    """Find who reads what a job says: one person, or a channel; that of the incident that it is about, if any."""
    channel, user = text_at(job.payload, "channel"), text_at(job.payload, "user")
    if incident is not None:
        channel, user = incident.spot.channel, incident.by or ""
    # A direct message has one reader.
    if user and (job.task in _PRIVATE or channel.startswith("D")):
        own = await bench.directory.language(user)
        if own is not None:
            return own
    return bench.rules.language_of(channel)
