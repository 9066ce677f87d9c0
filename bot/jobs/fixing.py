"""Apply a claimed plan, once, and show what came of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.jobs.diagnosing import happened, look_again, show_card
from bot.jobs.permission import withdrawn
from bot.jobs.proof import proof, still_wanted
from diagnostics.errors import OutcomeUnknown, Stale, WriteError
from diagnostics.fix.drive import apply
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload, UpdateTrustPolicy
from diagnostics.fix.trust import same_policy
from diagnostics.visible import visible
from handlers.blockkit import clip
from handlers.incident import PlanState
from handlers.render.card import Deed, Happening

if TYPE_CHECKING:
    from datetime import datetime

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.fix.plan import Fix
    from handlers.incident import Incident, Plan

_log = structlog.get_logger("irsa.fixes")


async def apply_plan(bench: Bench, job: Job) -> None:
    """Make the fix of a claimed plan, then read the cluster again and edit the reply.

    Each step is on record before the next begins. A job that is taken up again goes on where the record ends.
    """
    plan, incident = await _plan_of(bench, job)
    if plan is None or incident is None:
        return
    made = plan.state is PlanState.APPLIED
    if plan.state is PlanState.APPLYING:
        incident, made = await _make(bench, plan, incident, again=job.attempt > 1)
    elif job.attempt == 1 or plan.state not in (PlanState.APPLIED, PlanState.FAILED):
        return
    incident, trouble = await _look(bench, incident, plan, made=made)
    if made:
        words = f"{_words(plan)}; {proof(incident, plan, trouble=trouble)}"
        deed = _deed(bench, plan, Deed.DONE, words)
        incident = await happened(bench, incident, deed, instead=True)
        await _note(bench, plan, incident, PlanState.APPLIED, words, action="proof")
    await show_card(bench, incident)


async def _make(
    bench: Bench, plan: Plan, incident: Incident, *, again: bool
) -> tuple[Incident, bool]:
    """Hold a plan against the rules once more, make its fix, and record how that ended."""
    words = _words(plan)
    incident = await happened(bench, incident, _deed(bench, plan, Deed.RUNNING, words))
    incident = await show_card(bench, incident, busy=f"{words} …")
    failed = await _permitted(bench, plan, incident)
    if failed is None:
        failed = await _apply(bench, plan, again=again)
    deed = Deed.DONE if failed is None else Deed.FAILED
    said = words if failed is None else f"{words}: {failed}"
    incident = await happened(bench, incident, _deed(bench, plan, deed, said))
    state = PlanState.APPLIED if failed is None else PlanState.FAILED
    # Before it is settled: a crash in between repeats the note rather than losing it.
    await _note(bench, plan, incident, state, said)
    undo = plan.fix.undo() if plan.undoes is None else None
    await bench.store.plans.settle(plan.id, state, undo=undo)
    return incident, failed is None


async def give_up_plan(bench: Bench, job: Job, trouble_id: str) -> None:
    """Say that an application ended in an error of ours; whether it was written is for a fresh look."""
    plan, incident = await _plan_of(bench, job)
    if plan is None or incident is None:
        return
    if plan.state is not PlanState.APPLYING:
        await show_card(
            bench, incident
        )  # how it ended is on record; only the look afterwards failed
        return
    await bench.store.plans.settle(plan.id, PlanState.FAILED)
    said = (
        f"{_words(plan)}: stopped by an error on my side (ID {trouble_id}). "
        "It may or may not have been written: press Check again"
    )
    incident = await happened(bench, incident, _deed(bench, plan, Deed.FAILED, said))
    await _note(bench, plan, incident, PlanState.FAILED, said)
    await show_card(bench, incident)


def in_words(fix: Fix) -> str:
    """What a fix does, as the beginning of a sentence."""
    if isinstance(fix, AnnotateServiceAccount):
        name = f"serviceaccount {fix.namespace}/{fix.name}"
        if fix.after is None:
            return f"Remove the annotation {visible(clip(fix.key, 200))} of {name}"
        return f"Set the annotation {visible(clip(fix.key, 200))} of {name} to {visible(clip(fix.after, 300))}"
    if isinstance(fix, RestartWorkload):
        return f"Restart the pods of {fix.ref} in {fix.namespace}"
    return f"Replace the trust policy of {fix.role_arn}"


def _words(plan: Plan) -> str:
    words = in_words(plan.fix)
    return words if plan.undoes is None else f"Undo: {words[:1].lower()}{words[1:]}"


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
        return f"nothing was written, because {why}"
    await bench.store.plans.begin(plan.id)
    return None


async def _plan_of(bench: Bench, job: Job) -> tuple[Plan | None, Incident | None]:
    plan = await bench.store.plans.get(str(job.payload.get("plan_id")))
    return plan, None if plan is None else await bench.store.incidents.get(plan.incident_id)


async def _apply(bench: Bench, plan: Plan, *, again: bool) -> str | None:
    """Make the fix; None, or why it was not made.

    A second try repeats the first exactly: an annotation that has the new value by then is our own write, and
    a restart carries the time of the claim, so that the workload sees no second change.
    """
    at = plan.claimed or bench.now()
    try:
        await _once(bench, plan.fix, at=at, again=again)
    except OutcomeUnknown as lost:
        _log.warning("outcome unknown", plan=plan.id, why=str(lost))
        try:
            await _once(bench, plan.fix, at=at, again=True)
        except WriteError as error:
            return _why(error)
    except WriteError as error:
        return _why(error)
    return None


async def _once(bench: Bench, fix: Fix, *, at: datetime, again: bool) -> None:
    try:
        await apply(fix, bench.io, now=lambda: at)
    except Stale as stale:
        if again and _is_ours(stale, fix):
            return
        raise


def _is_ours(stale: Stale, fix: Fix) -> bool:
    if isinstance(fix, UpdateTrustPolicy):
        return stale.found is not None and same_policy(stale.found, fix.after)
    return (
        isinstance(fix, AnnotateServiceAccount)
        and stale.what == f"annotation {fix.key}"
        and stale.found == fix.after
    )


def _why(error: WriteError) -> str:
    if isinstance(error, Stale) and error.what.startswith("trust policy"):
        return f"nothing was written, because the {error}; a plan made on it as it is now is offered anew"
    if isinstance(error, Stale):
        now, seen = _shown(error.found), _shown(error.expected)
        return f"nothing was written, because {error}: it was {seen} and is {now} now"
    return clip(str(error), 600)


def _shown(value: str | None) -> str:
    return "(none)" if value is None else visible(clip(value, 200))


async def _look(
    bench: Bench, incident: Incident, plan: Plan, *, made: bool
) -> tuple[Incident, str | None]:
    """Read again; after a restart until the new pods have what the old ones lacked, for a bounded time."""
    if not made or not isinstance(plan.fix, RestartWorkload):
        return await look_again(bench, incident)
    trouble: str | None = None
    for pause in bench.follow:
        await asyncio.sleep(pause)
        incident, trouble = await look_again(bench, incident)
        if trouble is not None or not still_wanted(incident, plan.fix):
            break
    return incident, trouble


async def _note(
    bench: Bench,
    plan: Plan,
    incident: Incident,
    state: PlanState,
    words: str,
    *,
    action: str | None = None,
) -> None:
    if action is None:
        bench.telemetry.fixes.labels(fix=plan.fix.kind.value, outcome=state.value).inc()
    before, after = _values(plan.fix)
    await bench.audit.note(
        action or ("undo" if plan.undoes else "apply"),
        state.value,
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
    return (None, None) if isinstance(fix, RestartWorkload) else (fix.before, fix.after)
