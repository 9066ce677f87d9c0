"""Each job reads what may be read where its answer is shown; who asks for more is told so privately."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot.clients.narrowed import NarrowedClients
from bot.jobs.telling import tell
from diagnostics.case import Question
from diagnostics.gather.once import OnceClients
from diagnostics.languages import aloud
from diagnostics.locate.clues import clues_of
from diagnostics.locate.naming import clusters_named
from diagnostics.locate.target import locate
from handlers.access import NOT_READ
from handlers.blockkit import build
from handlers.ports import Task
from handlers.render.card import Message

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.case import Case
    from handlers.incident import Incident
    from handlers.reach import Reach

_log = structlog.get_logger("irsa.reach")
_LOCATING = 0.5
"""The share of a diagnosis's deadline for finding out what it would be about."""


async def within_reach(bench: Bench, job: Job, incident: Incident) -> Bench | None:
    """The bench with clients that see what may be read for a job about an incident; None where it may not be answered.

    What a failure is about is looked for in the whole fleet first: a search among what is left could find the wrong
    cluster. Nothing of that search is shown.
    """
    if not bench.rules.readers:
        return bench
    reach = await bench.access.reach(await _reader(bench, job, incident), incident.spot.channel)
    if not reach.is_limited:
        return bench
    starts = job.task is Task.DIAGNOSE or (job.task is Task.RECHECK and not incident.diagnoses)
    if starts and await _is_hidden(bench, incident, reach):
        await _refuse(bench, incident)
        return None
    return replace(bench, io=NarrowedClients(bench.io, reach))


async def _reader(bench: Bench, job: Job, incident: Incident) -> str | None:
    """For whom a job reads: who pressed, who approved what it applies, or who asked in the beginning."""
    by = job.payload.get("by")
    if isinstance(by, str):
        return by
    if job.task is Task.APPLY:
        plan = await bench.store.plans.of(job)
        if plan is not None and plan.by is not None:
            return plan.by
    return incident.by


async def _is_hidden(bench: Bench, incident: Incident, reach: Reach) -> bool:
    """Whether any of the failures is about something that may not be read."""
    for case in incident.cases:
        if _names_hidden(bench, case, reach):
            return True
        once = OnceClients(bench.io)
        try:
            target = await locate(case, once, patience=bench.deadline * _LOCATING, now=bench.now())
        finally:
            await once.memory.close()
        if isinstance(target, Question):
            continue
        fleet = bench.io.fleet
        if not reach.reads_name(target.cluster, fleet):
            return True
        if not reach.reads_role(target.role_arn, fleet):
            return True
    return False


def _names_hidden(bench: Bench, case: Case, reach: Reach) -> bool:
    clues, fleet = clues_of(case), bench.io.fleet
    if clues.role is not None and not reach.reads_role(str(clues.role), fleet):
        return True
    meant = clusters_named(clues.cluster, fleet) if clues.cluster is not None else ()
    return bool(meant) and not any(reach.reads_cluster(c) for c in meant)


async def _refuse(bench: Bench, incident: Incident) -> None:
    """Say why to who asked, and let somebody else ask about the same failure."""
    _log.info("not read here", incident_id=incident.id)
    await bench.store.incidents.left_unanswered(incident.id)
    if incident.by is None:
        return  # an alert: nobody asked, and nobody is told
    await bench.audit.note(
        "read",
        "denied:reader",
        user=incident.by,
        team=incident.spot.team,
        channel=incident.spot.channel,
        incident_id=incident.id,
    )
    if incident.spot.channel.startswith("D"):
        where = {"channel": incident.spot.channel, "thread_ts": incident.spot.thread_ts}
        await tell(bench, where, NOT_READ, blocks=[build.section(aloud(NOT_READ))])
        return
    await bench.replies.elsewhere(
        incident, Message(text=aloud(NOT_READ), blocks=[build.section(aloud(NOT_READ))])
    )
