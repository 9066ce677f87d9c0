"""Diagnose, diagnose again, and show the reply."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.jobs.earlier import earlier_answer
from bot.jobs.handed import clients_for, on_its_word, placed_by_output, take_output
from bot.jobs.surroundings import FROM_AROUND, hints_around
from bot.jobs.telling import tell
from bot.jobs.watching import healthy_now, settled
from bot.slack.diff_file import attach_diff
from bot.slack.progress import Progress
from bot.slack.replies import CannotPost
from bot.store.failures import fingerprint
from diagnostics.case import Question
from diagnostics.errors import UsageError
from diagnostics.languages import aloud, say, speak
from diagnostics.pipeline import diagnose
from diagnostics.verify import recheck
from handlers.blockkit import escape
from handlers.links import link_of
from handlers.paste.command import SHARED_WORDS
from handlers.render import diagnosis_message, progress_message, question_message
from handlers.render.card import Card, Deed, Diagnosed, Happening, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.case import Case
    from diagnostics.result import Diagnosis
    from handlers.incident import Incident


async def diagnose_incident(bench: Bench, job: Job, incident: Incident) -> None:
    """Diagnose the incident's cases, or ask what they are about, and reply."""
    again = job.attempt > 1
    incident = await _anchored(bench, incident, look_first=again)
    quiet = incident.shared or await bench.shared.is_shared(incident.spot.channel)
    if quiet != incident.shared:
        await bench.store.incidents.shared(incident.id, shared=quiet)
    hushed = incident.automatic and bool(
        await bench.store.mutes.of(incident.spot.team, incident.spot.channel)
    )
    progress = Progress(replies=bench.replies, incident=incident, quiet=quiet, silent=hushed)
    async with progress:
        answers = await asyncio.gather(
            *(_answer(bench, incident, case, progress.say) for case in incident.cases)
        )
    incident = replace(incident, shared=quiet, reply_ts=incident.reply_ts or progress.reply_ts)
    diagnoses = _distinct([a for a in answers if not isinstance(a, Question)])
    if diagnoses and await _unwanted(bench, incident, diagnoses):
        await bench.store.incidents.diagnosed(incident.id, diagnoses)
        return
    if diagnoses:
        await bench.store.incidents.diagnosed(incident.id, diagnoses)
        await bench.store.plans.offer(incident.id, diagnoses)
        incident = await settled(bench, replace(incident, diagnoses=diagnoses))
        shown = await show_card(bench, incident, look_first=again)
        if not quiet and not again:
            await attach_diff(bench.client, shown, diagnoses[0].correction)
        return
    question = next(a for a in answers if isinstance(a, Question))
    await bench.store.incidents.asked(incident.id, question)
    message = question_message(question, incident.id)
    if quiet:
        message = progress_message(aloud(SHARED_WORDS))
    await _deliver(bench, incident, message, look_first=again)


async def _unwanted(bench: Bench, incident: Incident, diagnoses: Sequence[Diagnosis]) -> bool:
    """Whether nobody asked, and the channel wants quiet about every cause found; a reply that stands is finished."""
    if not incident.automatic or incident.reply_ts is not None:
        return False
    mutes = await bench.store.mutes.of(incident.spot.team, incident.spot.channel)
    quiet = {mute.code for mute in mutes}
    return all(d.root is not None and d.root.code in quiet for d in diagnoses)


async def recheck_incident(bench: Bench, job: Job, incident: Incident) -> None:
    """Gather and judge again for every diagnosis of the incident, and edit the reply."""
    if not incident.diagnoses:
        await diagnose_incident(bench, job, incident)
        return
    by = job.payload.get("by")
    incident = await show_card(bench, incident, busy=say("Checking again …"))
    incident, trouble = await look_again(bench, incident)
    if isinstance(by, str):
        happening = Happening(
            deed=Deed.FAILED if trouble else Deed.DONE,
            words=say("Check again: {trouble}", trouble=trouble)
            if trouble
            else say("Checked again"),
            by=by,
            at=bench.now(),
        )
        incident = await happened(bench, incident, happening)
    await show_card(bench, incident)


async def look_again(bench: Bench, incident: Incident) -> tuple[Incident, str | None]:
    """Diagnose the same targets again; the incident as it is now, and what stood in the way."""
    io = await clients_for(bench, incident)
    try:
        diagnoses = await asyncio.gather(
            *(recheck(d, io, now=bench.now) for d in incident.diagnoses)
        )
    except UsageError as error:
        await bench.store.plans.offer(incident.id, ())
        return incident, str(error)
    diagnoses = [on_its_word(d) for d in diagnoses]
    await bench.store.incidents.diagnosed(incident.id, diagnoses)
    await bench.store.plans.offer(incident.id, diagnoses)
    return await settled(bench, replace(incident, diagnoses=tuple(diagnoses))), None


async def take_evidence(bench: Bench, job: Job, incident: Incident) -> None:
    """Go on with pasted output; what was taken of it and what not stands in the reply."""
    taken, happening = await take_output(bench, job, incident)
    if happening is None:
        return
    if incident.diagnoses and taken:
        incident = await show_card(bench, incident, busy=say("Going on with the pasted output …"))
        incident, _ = await look_again(bench, incident)
    incident = await happened(bench, incident, happening)
    if incident.diagnoses:
        await show_card(bench, incident)
    elif taken:
        await diagnose_incident(bench, job, incident)
    else:
        await tell(bench, job.payload, happening.words)
    await bench.store.handed.forget_message(job.id)


async def watch_incident(bench: Bench, job: Job, incident: Incident) -> None:
    """Look again at an incident whose cause stood; its reply changes only if it has healed."""
    if not incident.diagnoses or not incident.found or incident.healed:
        return
    seen_by = job.payload.get("seen_by")
    given = seen_by if isinstance(seen_by, str) else None
    diagnoses = await healthy_now(bench, incident, seen_by=given)
    if diagnoses is None:
        return
    await bench.store.incidents.diagnosed(incident.id, diagnoses)
    await bench.store.plans.offer(incident.id, diagnoses)
    incident = await settled(bench, replace(incident, diagnoses=diagnoses), spread=given is None)
    if incident.reply_ts is not None:
        await show_card(bench, incident)


async def happened(
    bench: Bench, incident: Incident, happening: Happening, *, instead: bool = False
) -> Incident:
    """Keep what somebody did; the one under way, or with `instead` the last one, gives place to it."""
    kept = tuple(h for h in incident.happenings if h.deed is not Deed.RUNNING)
    said = (happening.deed, happening.words, happening.by)
    if kept and (instead or (kept[-1].deed, kept[-1].words, kept[-1].by) == said):
        kept = kept[:-1]
    happenings = (*kept, happening)
    await bench.store.incidents.happened(incident.id, happenings)
    return replace(incident, happenings=happenings)


async def show_again(bench: Bench, _job: Job, incident: Incident) -> None:
    """Show the reply once more, as after the same failure was pasted again."""
    await show_card(bench, incident)


async def show_card(
    bench: Bench, incident: Incident, *, busy: str | None = None, look_first: bool = False
) -> Incident:
    """Make the reply show what is on record; the incident with its reply."""
    if not incident.diagnoses:
        return incident
    offered = await bench.store.plans.offered(incident.id, len(incident.diagnoses))
    shown = tuple(
        Diagnosed(diagnosis=diagnosis, fixes=fixes)
        for diagnosis, fixes in zip(incident.diagnoses, offered, strict=True)
    )
    mutes = await bench.store.mutes.of(incident.spot.team, incident.spot.channel)
    card = Card(
        incident_id=incident.id,
        first=shown[0],
        also=shown[1:],
        happenings=incident.happenings,
        busy=busy,
        seen=incident.seen,
        same_as=await earlier_answer(bench, incident),
        quiet_until=next((m.until for m in mutes if m.code is None), None),
        internal=not incident.shared,
        healed=incident.healed,
        was=incident.found,
        link=link_of(bench.links, incident.id),
    )
    return await _deliver(bench, incident, diagnosis_message(card), look_first=look_first)


# -- steps ---------------------------------------------------------------------------------------


async def _answer(
    bench: Bench, incident: Incident, case: Case, progress: Callable[[str], None]
) -> Diagnosis | Question:
    case = await bench.store.memory.recall(incident.spot, case, fingerprint(case))
    case = await placed_by_output(bench, incident, case)
    io = await clients_for(bench, incident)
    answer = await diagnose(case, io, now=bench.now, progress=progress, deadline=bench.deadline)
    if isinstance(answer, Question):
        around = (await hints_around(bench, incident.spot)).over(case.defaults)
        if around != case.defaults:
            case = replace(case, defaults=around, defaults_from=FROM_AROUND)
            answer = await diagnose(
                case, io, now=bench.now, progress=progress, deadline=bench.deadline
            )
    if not isinstance(answer, Question):
        bench.telemetry.diagnosed(answer)
        answer = on_its_word(answer)
    return answer


def _distinct(diagnoses: Sequence[Diagnosis]) -> tuple[Diagnosis, ...]:
    """Different failures with one cause become one section."""
    kept: dict[object, Diagnosis] = {}
    for diagnosis in diagnoses:
        target = diagnosis.target
        root = diagnosis.root.code if diagnosis.root is not None else diagnosis.verdict
        key = (target.cluster, target.namespace, target.service_account, diagnosis.role_arn, root)
        kept.setdefault(key, diagnosis)
    return tuple(kept.values())


async def _anchored(bench: Bench, incident: Incident, *, look_first: bool) -> Incident:
    if incident.spot.thread_ts is not None:
        return incident
    who = f"<@{escape(incident.by)}>" if incident.by else speak("Somebody")
    hints = incident.cases[0].hints
    names = [n for n in (hints.namespace, hints.service_account) if n]
    words = (
        speak(
            "{who} asks about {name}. My answer is in the thread.",
            who=who,
            name=escape("/".join(names)),
        )
        if names
        else speak("{who} asks. My answer is in the thread.", who=who)
    )
    try:
        thread_ts = await bench.replies.anchor(incident, words, look_first=look_first)
    except CannotPost:
        return incident  # answered privately at the end
    await bench.store.incidents.anchored(incident, thread_ts)
    return replace(incident, spot=replace(incident.spot, thread_ts=thread_ts))


async def _deliver(
    bench: Bench, incident: Incident, message: Message, *, look_first: bool = False
) -> Incident:
    if incident.spot.thread_ts is None:
        await bench.replies.elsewhere(incident, message)
        return incident
    try:
        reply_ts = await bench.replies.show(incident, message, look_first=look_first)
    except CannotPost:
        if incident.reply_ts is None:
            await bench.store.full_answers.release(incident.id)
            await bench.replies.elsewhere(incident, message)
        return incident
    return replace(incident, reply_ts=reply_ts)
