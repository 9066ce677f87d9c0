"""Whether a plan may be applied now, by this person, from this place; checked at the press and at the submission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.languages import Words, say, speak
from handlers.buttons.pressed import OUT_OF_DATE, readable
from handlers.denied import Denied
from handlers.incident import PlanState

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.access import Actor
    from handlers.approval import Approval
    from handlers.desk import Desk
    from handlers.incident import Incident, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What may be applied."""

    plan: Plan
    incident: Incident
    approval: Approval


async def judge(
    desk: Desk,
    plan_id: str,
    actor: Actor,
    *,
    channel: str | None,
    now: datetime,
    asking: bool = False,
) -> Allowed | Denied:
    """Find a plan and hold it against the rules. An ID pressed elsewhere than where it was offered is unknown.

    Args:
        desk: What the listeners work with.
        plan_id: What the button carries.
        actor: Who pressed.
        channel: Where; None where a dialog does not say.
        now: The time.
        asking: Whether somebody only wants the approvers to be asked.
    """
    outsider = desk.access.outsider(actor)
    if outsider is not None:
        return outsider
    plan = await desk.plans.get(plan_id)
    if plan is None:
        return Denied(words=OUT_OF_DATE, rule="unknown-plan")
    incident = await readable(desk, actor, plan.incident_id, channel=channel)
    if isinstance(incident, Denied):
        return incident
    stale = _stale(plan, now)
    if stale is not None:
        return stale
    rule = desk.access.to_ask if asking else desk.access.to_change
    approval = await rule(actor, plan.fix, channel=incident.spot.channel, at=now)
    if isinstance(approval, Denied):
        return approval
    return Allowed(plan=plan, incident=incident, approval=approval)


def expired(plan: Plan) -> str:
    """What to say of a plan that stood for too long."""
    if plan.undoes is not None:
        return speak("The change can't be taken back by a press any more: its time is over.")
    if plan.requested_by is not None:
        return speak(
            "This request is older than an hour. Press *Check again*, then ask for what it finds."
        )
    return speak(
        "This offer is older than 30 minutes. Press *Check again*, then apply what it finds."
    )


def _stale(plan: Plan, now: datetime) -> Denied | None:
    if plan.state is PlanState.OPEN:
        if plan.expires > now:
            return None
        return Denied(words=expired(plan), rule="expired")
    return Denied(words=_of_state(plan.state, plan.by), rule=plan.state.value)


def _of_state(state: PlanState, by: str | None) -> Words:  # noqa: PLR0911  one state after the other
    """Why a plan that is no longer open can't be applied."""
    match state, by:
        case PlanState.APPLYING, None:
            return say("This fix is being applied already.")
        case PlanState.APPLYING, user:
            return say("This fix is being applied already by <@{user}>.", user=user)
        case PlanState.APPLIED, None:
            return say("This fix was applied already.")
        case PlanState.APPLIED, user:
            return say("This fix was applied already by <@{user}>.", user=user)
        case PlanState.FAILED, _:
            return say("This fix was tried and failed. Press *Check again* for a fresh offer.")
        case PlanState.DECLINED, None:
            return say("This fix was declined. Press *Check again* for a fresh offer.")
        case PlanState.DECLINED, user:
            return say(
                "This fix was declined by <@{user}>. Press *Check again* for a fresh offer.",
                user=user,
            )
        case _:
            return say(
                "A newer check took this offer's place. Use the buttons of the reply as it is now."
            )
