"""The same cause again: in a storm of alerts one reply is the answer, and the others point to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.jobs.sameness import cause_key
from handlers.render.card import Earlier
from handlers.render.moments import address_of

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from handlers.incident import Incident


async def earlier_answer(bench: Bench, incident: Incident) -> Earlier | None:
    """The full answer to the incident's one cause in its channel, where another reply of the hour gives it.

    Who asked gets the whole answer, and so does a reply whose buttons were used. Of two that are diagnosed at the
    same time one gives it: the store decides, once.
    """
    if len(incident.diagnoses) != 1:
        return None
    cause = cause_key(incident.diagnoses[0])
    if cause is None:
        return None
    may_point = incident.automatic and not incident.happenings
    holder = await bench.store.full_answers.decide(incident, cause, may_point=may_point)
    if holder == incident.id:
        return None
    full = await bench.store.incidents.get(holder)
    if full is None:
        return None
    return Earlier(at=full.created, link=address_of(full, bench.me.workspace))
