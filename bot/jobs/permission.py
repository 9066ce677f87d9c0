"""Whether those who approved a fix may still do so at the moment in which it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.languages import say
from handlers.access import Actor
from handlers.approval import approval_of
from handlers.denied import Denied

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from handlers.incident import Incident, Plan


async def withdrawn(bench: Bench, plan: Plan, incident: Incident) -> str | None:
    """Why a claimed plan may not be applied now, in plain words; None if it may.

    Rules, freezes and people are looked up again: minutes can lie between the first approval and the change.
    """
    # Not as remembered: somebody may have left a group a moment ago.
    bench.directory.forget()
    if await bench.shared.is_shared(incident.spot.channel):
        return say("the channel is shared with another organisation by now")
    given = 0
    last: Denied | None = None
    needed = approval_of(bench.rules, plan.fix, channel=incident.spot.channel, at=bench.now())
    if isinstance(needed, Denied):
        return _why(needed)
    for user in plan.approvals or ((plan.by,) if plan.by else ()):
        if user == plan.requested_by and not needed.own:
            continue
        actor = Actor(user=user, team=bench.me.team)
        verdict = await bench.access.to_read(actor, incident) or await bench.access.to_change(
            actor, plan.fix, channel=incident.spot.channel, at=bench.now()
        )
        if isinstance(verdict, Denied):
            last = verdict
        else:
            given += 1
    if given >= needed.needed:
        return None
    if last is not None and last.rule == "unanswered":
        return say("Slack did not tell me whether those who approved may still do so")
    if needed.needed == 1:
        return say("the rules ask for 1 approval by now, and none of those given still counts")
    return say(
        "the rules ask for {needed} approvals by now, and {given} of those given still count",
        needed=needed.needed,
        given=given,
    )


def _why(denied: Denied) -> str:
    return {
        "freeze": say("changes are frozen by now"),
        "nobody-named": say("nobody is named as approver any more"),
        "channel": say("fixes may not be approved in this channel any more"),
    }.get(denied.rule, say("the rules no longer allow it"))
