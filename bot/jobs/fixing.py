"""Apply a claimed plan, once, and show what came of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.jobs.diagnosing import happened, look_again, show_card
from diagnostics.errors import OutcomeUnknown, Stale, WriteError
from diagnostics.fix.drive import apply
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
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
    """Make the fix of a claimed plan, then read the cluster again and edit the reply."""
    plan, incident = await _claimed(bench, job)
    if plan is None or incident is None:
        return
    by = plan.by or "somebody"
    words = in_words(plan.fix)
    running = Happening(deed=Deed.RUNNING, words=words, by=by, at=bench.now())
    incident = await happened(bench, incident, running)
    incident = await show_card(bench, incident, busy=f"{words} …")
    failed = await _apply(bench, plan, again=job.attempt > 1)
    deed = Deed.DONE if failed is None else Deed.FAILED
    said = words if failed is None else f"{words}: {failed}"
    incident = await happened(
        bench, incident, Happening(deed=deed, words=said, by=by, at=bench.now())
    )
    state = PlanState.APPLIED if failed is None else PlanState.FAILED
    await bench.store.plans.settle(plan.id, state)
    await _note(bench, plan, incident, state, said)
    if failed is None and isinstance(plan.fix, RestartWorkload):
        incident = await _follow(bench, incident, plan)
    else:
        incident, _trouble = await look_again(bench, incident)
    await show_card(bench, incident)


async def give_up_plan(bench: Bench, job: Job, trouble_id: str) -> None:
    """Say that an application ended in an error of ours; whether it was written is for a fresh look."""
    plan, incident = await _claimed(bench, job)
    if plan is None or incident is None:
        return
    await bench.store.plans.settle(plan.id, PlanState.FAILED)
    said = (
        f"{in_words(plan.fix)}: stopped by an error on my side (ID {trouble_id}). "
        "It may or may not have been written: press Check again"
    )
    happening = Happening(deed=Deed.FAILED, words=said, by=plan.by or "somebody", at=bench.now())
    incident = await happened(bench, incident, happening)
    await _note(bench, plan, incident, PlanState.FAILED, said)
    await show_card(bench, incident)


def in_words(fix: Fix) -> str:
    """What a fix does, as the beginning of a sentence."""
    if isinstance(fix, AnnotateServiceAccount):
        name = f"serviceaccount {fix.namespace}/{fix.name}"
        if fix.after is None:
            return f"Remove the annotation {visible(clip(fix.key, 200))} of {name}"
        return f"Set the annotation {visible(clip(fix.key, 200))} of {name} to {visible(clip(fix.after, 300))}"
    return f"Restart the pods of {fix.ref} in {fix.namespace}"


async def _claimed(bench: Bench, job: Job) -> tuple[Plan | None, Incident | None]:
    plan = await bench.store.plans.get(str(job.payload.get("plan_id")))
    if plan is None or plan.state is not PlanState.APPLYING:
        return None, None
    return plan, await bench.store.incidents.get(plan.incident_id)


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
    return (
        isinstance(fix, AnnotateServiceAccount)
        and stale.what == f"annotation {fix.key}"
        and stale.found == fix.after
    )


def _why(error: WriteError) -> str:
    if isinstance(error, Stale):
        now = "(none)" if error.found is None else visible(clip(error.found, 300))
        return f"nothing was written, because {error}; it is {now} now"
    return clip(str(error), 600)


async def _follow(bench: Bench, incident: Incident, plan: Plan) -> Incident:
    """Read again until the new pods have what the old ones lacked, for a bounded time."""
    for pause in bench.follow:
        await asyncio.sleep(pause)
        incident, trouble = await look_again(bench, incident)
        if trouble is not None or not _still_wanted(incident, plan):
            break
    return incident


def _still_wanted(incident: Incident, plan: Plan) -> bool:
    return any(
        isinstance(fix, RestartWorkload) and fix.uid == plan.fix.uid
        for diagnosis in incident.diagnoses
        for fix in diagnosis.fixes
    )


async def _note(bench: Bench, plan: Plan, incident: Incident, state: PlanState, words: str) -> None:
    kind = "annotate" if isinstance(plan.fix, AnnotateServiceAccount) else "restart"
    bench.telemetry.fixes.labels(fix=kind, outcome=state.value).inc()
    await bench.audit.note(
        "apply",
        state.value,
        user=plan.by,
        team=incident.spot.team,
        channel=incident.spot.channel,
        incident_id=incident.id,
        plan_id=plan.id,
        words=f"{words} ({plan.fix.command})",
    )
