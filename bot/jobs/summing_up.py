"""Sum an incident up in its thread: from what is on record, without reading anything anew."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.slack.canvas import make_canvas
from bot.slack.replies import CannotPost
from diagnostics.languages import all_aloud, aloud, speak
from handlers.incident import PlanState
from handlers.links import link_of
from handlers.render.diagnosis import short_id
from handlers.render.healing import cause_of
from handlers.render.moments import address_of
from handlers.render.summary import Change, Step, Summary, summary_markdown, summary_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.audit import Entry
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from handlers.incident import Incident

_MADE: Final = frozenset(("apply", "undo"))
"""Entries that say themselves what was done."""
_COMMAND: Final = re.compile(r" \((?=(?:kubectl|aws) )")
_CLAIMED: Final = frozenset(("claimed", "waiting"))


async def sum_up(bench: Bench, job: Job, incident: Incident) -> None:
    """Post the summary, or bring the one that stands in the thread up to date."""
    if not incident.diagnoses or incident.shared:
        return
    summary = await _summary(bench, incident)
    if not incident.spot.channel.startswith("D"):
        canvas = await make_canvas(
            bench.client,
            title=speak("Incident {id}", id=short_id(incident.id)),
            markdown=summary_markdown(summary),
            channel=incident.spot.channel,
        )
        summary = replace(summary, canvas=canvas)
    message = summary_message(summary)
    try:
        ts = await bench.replies.beside(
            incident,
            message,
            key=f"{incident.id}.summary",
            ts=incident.summary_ts,
            look_first=job.attempt > 1,
        )
    except CannotPost:
        await bench.replies.elsewhere(incident, message)
        return
    await bench.store.incidents.summed_up(incident.id, ts)


async def _summary(bench: Bench, incident: Incident) -> Summary:
    entries = await bench.audit.about(incident.id)
    first = (incident.found or incident.diagnoses)[0]
    offered = await bench.store.plans.offered(incident.id, len(incident.diagnoses))
    undo = [f.undo_until for fixes in offered for f in fixes if f.undo_until is not None]
    return Summary(
        incident_id=incident.id,
        cause=first,
        steps=tuple(sorted(_steps(incident, entries), key=lambda step: step.at)),
        changes=tuple(_changes(entries, _as_said(incident), max(undo, default=None))),
        began=incident.created,
        healed=incident.healed,
        link=address_of(incident, bench.me.workspace),
        outside=link_of(bench.links, incident.id),
    )


def _steps(incident: Incident, entries: Sequence[Entry]) -> Iterator[Step]:
    told = speak("The error was pasted") if incident.by else speak("An alert told of the error")
    yield Step(at=incident.created, words=told, by=incident.by)
    for diagnosis in all_aloud(incident.found)[:1]:
        if diagnosis.root is not None:
            yield Step(
                at=diagnosis.started,
                words=speak(
                    "Cause found: {code} {cause}",
                    code=diagnosis.root.code,
                    cause=cause_of(diagnosis),
                ),
            )
    said = _as_said(incident)
    for entry in entries:
        words = _words(entry, said)
        if words is not None:
            yield Step(at=entry.at, words=words, by=entry.user)
    for happening in incident.happenings:
        if happening.words.startswith(("Check", "Named")):
            yield Step(at=happening.at, words=aloud(happening.words), by=happening.by)
    if incident.healed is not None:
        yield Step(at=incident.healed, words=speak("Every check passes"))


def _as_said(incident: Incident) -> dict[str, str]:
    """What was done from the reply, in the language of the summary, by the English of the audit trail.

    A proof stands behind its deed, after a semicolon; the trail has the deed with it and without.
    """
    said: dict[str, str] = {}
    for one in incident.happenings:
        english, here = str(one.words), aloud(one.words)
        said[english] = here
        said[english.partition("; ")[0]] = here.partition("; ")[0]
    return said


def _words(entry: Entry, said: Mapping[str, str]) -> str | None:
    """What an entry of the audit trail says in a summary; None for what changed nothing."""
    done = _without_command(entry.words)
    done = said.get(done, done)
    if entry.action == "proof":
        # The deed itself is the step before.
        return speak("After it: {words}", words=done.partition("; ")[2])
    if entry.action in _MADE:
        return done
    if entry.action == "ask" and entry.decision in _CLAIMED:
        return speak("Asked for approval")
    if entry.action == "confirm" and entry.decision in _CLAIMED:
        return speak("Approved")
    if entry.action == "decline" and entry.decision == "declined":
        return speak("Declined the fix")
    return None


def _without_command(words: str) -> str:
    """What was done in words; the command that does the same by hand is in the canvas and the audit trail."""
    return _COMMAND.split(words, maxsplit=1)[0]


def _spoken(words: str, said: Mapping[str, str]) -> str:
    """A deed in the language of the summary, with the command that does the same by hand behind it."""
    done = _without_command(words)
    return said.get(done, done) + words[len(done) :]


def _changes(
    entries: Sequence[Entry], said: Mapping[str, str], undo_until: datetime | None
) -> Iterator[Change]:
    made = [
        e
        for e in entries
        if e.action in ("apply", "undo") and e.decision == PlanState.APPLIED.value
    ]
    for entry in made:
        newest = entry is made[-1]
        yield Change(
            words=_spoken(entry.words, said),
            before=entry.before,
            after=entry.after,
            undo_until=undo_until if newest else None,
        )
