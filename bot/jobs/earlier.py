"""The same cause again: in a storm of alerts one reply is the answer, and the others point to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handlers.render.card import Earlier
from handlers.render.moments import address_of

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from diagnostics.result import Diagnosis
    from handlers.incident import Incident

WINDOW: Final = timedelta(hours=1)
"""Between two failures that count as one storm."""
_LOOK: Final = 100
"""Incidents of the channel that are looked at; the caps let no more through in an hour."""


async def earlier_answer(bench: Bench, incident: Incident) -> Earlier | None:
    """The first full answer to the incident's one cause in its channel within the hour before.

    Who asked gets the whole answer, and so does a reply whose buttons were used.
    """
    if not incident.automatic or len(incident.diagnoses) != 1 or incident.happenings:
        return None
    cause = _cause(incident.diagnoses[0])
    if cause is None:
        return None
    spot = incident.spot
    found: Incident | None = None
    for other in await bench.store.incidents.recent(spot.team, channel=spot.channel, limit=_LOOK):
        near = incident.created - WINDOW < other.created < incident.created
        if not near or other.id == incident.id or other.reply_ts is None:
            continue
        if spot.thread_ts != other.spot.thread_ts and _cause(other.diagnoses[0]) == cause:
            found = other
    if found is None:
        return None
    return Earlier(at=found.created, link=address_of(found, bench.me.workspace))


def _cause(diagnosis: Diagnosis) -> tuple[str | None, ...] | None:
    if diagnosis.root is None:
        return None
    target = diagnosis.target
    named = (target.cluster, target.namespace, target.service_account, diagnosis.role_arn)
    return (diagnosis.root.code, *named)
