"""Apply a claimed plan, once, and show what came of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.jobs.deeds_in_words import in_words
from bot.jobs.diagnosing import happened, look_again, show_card
from bot.jobs.events import leave_events
from bot.jobs.not_written import why_not
from bot.jobs.permission import withdrawn
from bot.jobs.proof import proof, spreading, still_wanted
from diagnostics.errors import OutcomeUnknown, Stale, WriteError
from diagnostics.fix.drive import apply
from diagnostics.fix.plan import (
    AnnotateAndRestart,
    AnnotateServiceAccount,
    RestartWorkload,
    SetClientIds,
    SetProvider,
    UpdateTrustPolicy,
    parts_of,
)
from diagnostics.fix.trust import same_policy
from diagnostics.languages import Words, joined, say
from handlers.incident import PlanState
from handlers.render.card import Deed, Happening

if TYPE_CHECKING:
    from datetime import datetime

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.fix.plan import Fix, Part
    from handlers.incident import Incident, Plan

_log = structlog.get_logger("irsa.fixes")


async def apply_plan(bench: Bench, job: Job, incident: Incident) -> None:
    """Make the fix of a claimed plan, then read the cluster again and edit the reply.

    Each step is on record before the next begins. A job that is taken up again goes on where the record ends.
    """
    plan = await bench.store.plans.of(job)
    if plan is None:
        return
    made = plan.state is PlanState.APPLIED and not _partly(plan, incident)
    if plan.state is PlanState.APPLYING:
        incident, made = await _make(bench, plan, incident, again=job.attempt > 1)
    elif job.attempt == 1 or plan.state not in (PlanState.APPLIED, PlanState.FAILED):
        return
    incident, trouble = await _look(bench, incident, plan, made=made)
    if made:
        words = _words(plan) + "; " + proof(incident, plan, trouble=trouble)
        deed = _deed(bench, plan, Deed.DONE, words)
        incident = await happened(bench, incident, deed, instead=True)
        await _note(bench, plan, incident, PlanState.APPLIED.value, words, action="proof")
    await show_card(bench, incident)


async def _make(
    bench: Bench, plan: Plan, incident: Incident, *, again: bool
) -> tuple[Incident, bool]:
    """Hold a plan against the rules once more, make its fix, and record how that ended."""
    words = _words(plan)
    incident = await happened(bench, incident, _deed(bench, plan, Deed.RUNNING, words))
    incident = await show_card(bench, incident, busy=words + " …")
    made: tuple[Part, ...] = ()
    failed = await _permitted(bench, plan, incident)
    if failed is None:
        made, failed = await _apply(bench, plan, again=again)
    deed = Deed.DONE if failed is None else Deed.FAILED
    said = words if failed is None else words + ": " + _so_far(made) + failed
    incident = await happened(bench, incident, _deed(bench, plan, deed, said))
    state = PlanState.APPLIED if made else PlanState.FAILED
    # Before it is settled: a crash in between repeats the note rather than losing it.
    await _note(bench, plan, incident, "partly" if made and failed else state.value, said)
    undo = plan.fix.undo() if plan.undoes is None else None
    await bench.store.plans.settle(plan.id, state, undo=undo)
    await leave_events(bench, plan, incident, made)
    return incident, failed is None


def _so_far(made: tuple[Part, ...]) -> str:
    """What was made of a fix whose next part was not."""
    return joined(
        (say("done: {clause}. Not done: ", clause=in_words(part)) for part in made[-1:]), ""
    )


def _partly(plan: Plan, incident: Incident) -> bool:
    """Whether only a part of an applied plan was made, as its own deed says."""
    last = incident.happenings[-1] if incident.happenings else None
    return (
        isinstance(plan.fix, AnnotateAndRestart)
        and last is not None
        and last.deed is Deed.FAILED
        and last.words.startswith(f"{_words(plan)}: ")
    )


async def give_up_plan(bench: Bench, job: Job, incident: Incident, trouble_id: str) -> None:
    """Say that an application ended in an error of ours; whether it was written is for a fresh look."""
    plan = await bench.store.plans.of(job)
    if plan is None:
        return
    if plan.state is not PlanState.APPLYING:
        # How it ended is on record; only the look afterwards failed.
        await show_card(bench, incident)
        return
    await bench.store.plans.settle(plan.id, PlanState.FAILED)
    said = say(
        "{words}: stopped by an error on my side (ID {trouble_id}). It may or may not have "
        "been written: press Check again",
        words=_words(plan),
        trouble_id=trouble_id,
    )
    incident = await happened(bench, incident, _deed(bench, plan, Deed.FAILED, said))
    await _note(bench, plan, incident, PlanState.FAILED.value, said)
    await show_card(bench, incident)


def _words(plan: Plan) -> Words:
    words = in_words(plan.fix)
    return words if plan.undoes is None else say("Undo: {clause}", clause=words)


def _deed(bench: Bench, plan: Plan, deed: Deed, words: str) -> Happening:
    others = plan.approvals if plan.approvals not in ((), (plan.by,)) else ()
    return Happening(
        deed=deed,
        words=words,
        by=plan.by or "somebody",
        at=bench.now(),
        requested_by=plan.requested_by if plan.requested_by != plan.by else None,
        approved_by=others,
    )


async def _permitted(bench: Bench, plan: Plan, incident: Incident) -> str | None:
    """Hold the plan against the rules once more; None, or why it is not made."""
    if plan.began is not None:
        return None  # an earlier try was permitted, and may have written
    why = await withdrawn(bench, plan, incident)
    if why is not None:
        return say("nothing was written, because {why}", why=why)
    await bench.store.plans.begin(plan.id)
    return None


async def _apply(bench: Bench, plan: Plan, *, again: bool) -> tuple[tuple[Part, ...], str | None]:
    """Make the parts of the fix in order: those that were made, and why the next one was not.

    A second try repeats the first exactly: an annotation that has the new value by then is our own write, and
    a restart carries the time of the claim, so that the workload sees no second change.
    """
    at = plan.claimed or bench.now()
    made: list[Part] = []
    for part in parts_of(plan.fix):
        try:
            await _settled(bench, part, at=at, again=again)
        except WriteError as error:
            return tuple(made), why_not(error, plan)
        made.append(part)
    return tuple(made), None


async def _settled(bench: Bench, part: Part, *, at: datetime, again: bool) -> None:
    try:
        await _once(bench, part, at=at, again=again)
    except OutcomeUnknown as lost:
        _log.warning("outcome unknown", part=part.subject, why=str(lost))
        await _once(bench, part, at=at, again=True)


async def _once(bench: Bench, part: Part, *, at: datetime, again: bool) -> None:
    try:
        await apply(part, bench.io, now=lambda: at)
    except Stale as stale:
        if again and _is_ours(stale, part):
            return
        raise


def _is_ours(stale: Stale, part: Part) -> bool:
    """Whether what a second try found is what the first one wrote."""
    match part:
        case UpdateTrustPolicy():
            return stale.found is not None and same_policy(stale.found, part.after)
        case SetClientIds():
            return stale.found == ", ".join(sorted(part.after))
        case SetProvider(present=True):
            return stale.found == ", ".join(sorted(part.client_ids))
        case SetProvider():
            return stale.found is None and stale.what == part.subject
        case AnnotateServiceAccount():
            return stale.what == f"annotation {part.key}" and stale.found == part.after
        case RestartWorkload():
            return False


async def _look(
    bench: Bench, incident: Incident, plan: Plan, *, made: bool
) -> tuple[Incident, str | None]:
    """Read again, for a bounded time: until new pods have what the old ones lacked, and IAM has spread the change."""
    restarted = made and any(isinstance(part, RestartWorkload) for part in parts_of(plan.fix))
    trouble: str | None = None
    if not restarted:
        incident, trouble = await look_again(bench, incident)
    for pause in bench.follow if made else ():
        if trouble is not None or not (restarted or spreading(incident, plan)):
            break
        await asyncio.sleep(pause)
        incident, trouble = await look_again(bench, incident)
        if restarted and not still_wanted(incident, plan.fix):
            break
    return incident, trouble


async def _note(
    bench: Bench,
    plan: Plan,
    incident: Incident,
    decision: str,
    words: str,
    *,
    action: str | None = None,
) -> None:
    if action is None:
        bench.telemetry.fixes.labels(fix=plan.fix.kind.value, outcome=decision).inc()
    before, after = _values(plan.fix)
    await bench.audit.note(
        action or ("undo" if plan.undoes else "apply"),
        decision,
        user=plan.by,
        team=incident.spot.team,
        channel=incident.spot.channel,
        incident_id=incident.id,
        plan_id=plan.id,
        words=f"{words} ({plan.fix.command})",
        before=before,
        after=after,
    )


def _values(fix: Fix) -> tuple[str | None, str | None]:
    """What was there and what is there, of what is changed."""
    match fix:
        case AnnotateServiceAccount() | UpdateTrustPolicy():
            return fix.before, fix.after
        case AnnotateAndRestart():
            return fix.annotate.before, fix.annotate.after
        case SetClientIds():
            return ", ".join(fix.before), ", ".join(fix.after)
        case SetProvider():
            there = f"{fix.url}: {', '.join(fix.client_ids)}"
            return (None, there) if fix.present else (there, None)
        case RestartWorkload():
            return None, None
