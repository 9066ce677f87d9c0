"""Ask the approvers in the thread, once, and show there what became of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.jobs.deeds_in_words import in_words
from bot.slack.replies import CannotPost
from diagnostics.languages import aloud, say, speak
from handlers.approval import approval_of, named
from handlers.denied import Denied
from handlers.incident import PlanState
from handlers.render import Request, request_message
from handlers.whisper import whisper

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from handlers.incident import Incident, Plan

_ENDED: Final = {
    PlanState.APPLYING: say("approved; it is being applied."),
    PlanState.APPLIED: say("approved and applied. The reply tells how it went."),
    PlanState.FAILED: say("approved, and not applied. The reply tells why."),
    PlanState.DECLINED: say("declined, and not applied."),
    PlanState.WITHDRAWN: say("a newer check of the thread no longer offers it."),
}


async def show_request(bench: Bench, job: Job, incident: Incident) -> None:
    """Make the message of a request show how it stands; posted the first time, edited ever after."""
    plan = await bench.store.plans.of(job)
    if plan is None or plan.requested_by is None:
        return
    if plan.request_ts is None and plan.state is not PlanState.OPEN:
        return  # over before anybody was asked
    if await bench.shared.is_shared(incident.spot.channel):
        return
    message = request_message(_request(bench, plan, incident))
    try:
        request_ts = await bench.replies.beside(
            incident, message, key=plan.id, ts=plan.request_ts, look_first=job.attempt > 1
        )
    except CannotPost as error:
        await whisper(
            bench.client,
            user=plan.requested_by,
            channel=incident.spot.channel,
            thread_ts=incident.spot.thread_ts,
            words=speak(
                "I could not ask the approvers here ({error}). Ask them yourself to press the button.",
                error=error,
            ),
        )
        return
    if request_ts != plan.request_ts:
        await bench.store.plans.announced(plan.id, request_ts)


def _request(bench: Bench, plan: Plan, incident: Incident) -> Request:
    needed = approval_of(bench.rules, plan.fix, channel=incident.spot.channel, at=bench.now())
    ended = _ENDED.get(plan.state)
    if ended is None and plan.expires <= bench.now():
        ended = say("nobody approved it in time.")
    return Request(
        plan_id=plan.id,
        fix=plan.fix,
        words=in_words(plan.fix),
        by=plan.requested_by or "",
        needed=1 if isinstance(needed, Denied) else needed.needed,
        approved=plan.approvals,
        ask=speak("An approver") if isinstance(needed, Denied) else named(needed.approvers),
        until=plan.expires,
        ended=aloud(ended) if ended is not None else None,
        declined_by=plan.by if plan.state is PlanState.DECLINED else None,
        undoing=plan.undoes is not None,
    )
