"""Whether a plan may be applied now, by this person, from this place; checked at the press and at the submission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.access import Denied
from handlers.incident import PlanState
from handlers.paste.command import SHARED_WORDS

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.access import Actor
    from handlers.desk import Desk
    from handlers.incident import Incident, Plan

OUT_OF_DATE = "I do not know this button any more: the reply is out of date. Paste the error again for a fresh one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What may be applied."""

    plan: Plan
    incident: Incident


async def judge(
    desk: Desk, plan_id: str, actor: Actor, *, channel: str | None, now: datetime
) -> Allowed | Denied:
    """Find a plan and hold it against the rules. An ID pressed elsewhere than where it was offered is unknown."""
    outsider = desk.access.outsider(actor)
    if outsider is not None:
        return outsider
    plan = await desk.plans.get(plan_id)
    incident = None if plan is None else await desk.incidents.get(plan.incident_id)
    if plan is None or incident is None or channel not in (None, incident.spot.channel):
        return Denied(words=OUT_OF_DATE, rule="unknown-plan")
    if await desk.shared.is_shared(incident.spot.channel):
        return Denied(words=SHARED_WORDS, rule="shared-channel")
    stale = _stale(plan, now)
    if stale is not None:
        return stale
    denied = await desk.access.to_change(
        actor, cluster=plan.fix.cluster, namespace=plan.fix.namespace
    )
    return denied or Allowed(plan=plan, incident=incident)


def _stale(plan: Plan, now: datetime) -> Denied | None:
    if plan.state is PlanState.OPEN:
        if plan.expires > now:
            return None
        return Denied(
            words="This offer is older than 30 minutes. Press *Check again*, then apply what it finds.",
            rule="expired",
        )
    by = f" by <@{plan.by}>" if plan.by else ""
    words = {
        PlanState.APPLYING: f"This fix is being applied already{by}.",
        PlanState.APPLIED: f"This fix was applied already{by}.",
        PlanState.FAILED: "This fix was tried and failed. Press *Check again* for a fresh offer.",
        PlanState.WITHDRAWN: "A newer check took this offer's place. Use the buttons of the reply as it is now.",
    }[plan.state]
    return Denied(words=words, rule=plan.state.value)
