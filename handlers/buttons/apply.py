"""Apply annotation, and Restart pods: a press opens the dialog that confirms, its submission claims the plan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from handlers.access import Denied
from handlers.buttons.refusal import Allowed, judge
from handlers.click import Click, notice
from handlers.ports import Claim
from handlers.render import confirm_modal
from handlers.render.card import APPLY, CONFIRM, RESTART
from handlers.whisper import whisper

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk
    from handlers.ports import Clock

_LOST = {
    Claim.TAKEN: "Somebody else applied this fix a moment ago. The reply tells how it went.",
    Claim.EXPIRED: "This offer is older than 30 minutes. Press *Check again*, then apply what it finds.",
    Claim.WITHDRAWN: "A newer check took this offer's place. Use the buttons of the reply as it is now.",
    Claim.UNKNOWN: "This offer is gone. Press *Check again* for a fresh one.",
}


def register(app: AsyncApp, desk: Desk, now: Clock) -> None:
    """Listen to both buttons, numbered ones too, and to the dialog."""

    @app.action(re.compile(rf"^(?:{re.escape(APPLY)}|{re.escape(RESTART)})(?::\d{{1,2}})?$"))
    async def pressed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("press", await press(desk, body, client, now))

    @app.view(CONFIRM)
    async def confirmed(ack: AsyncAck, body: dict[str, Any]) -> None:
        desk.meter.delivery("confirm", await confirm(desk, ack, body, now))


async def press(desk: Desk, body: dict[str, Any], client: AsyncWebClient, now: Clock) -> str:
    """Open the dialog for who may; tell everybody else why not."""
    click = Click.parse(body)
    verdict = await judge(desk, click.value, click.actor, channel=click.channel, now=now())
    await _note(desk, "press", click, verdict)
    if isinstance(verdict, Denied):
        await whisper(
            client,
            user=click.actor.user,
            channel=click.channel,
            thread_ts=click.thread_ts,
            words=verdict.words,
            response_url=click.response_url,
        )
        return verdict.rule
    plan, incident = verdict.plan, verdict.incident
    view = confirm_modal(plan.fix, plan.id, incident.diagnoses[plan.position])
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "opened"


async def confirm(desk: Desk, ack: AsyncAck, body: dict[str, Any], now: Clock) -> str:
    """Check everything again, claim the plan, and close the dialog; the work follows."""
    click = Click.parse(body)
    verdict = await judge(desk, click.value, click.actor, channel=None, now=now())
    if isinstance(verdict, Denied):
        await _note(desk, "confirm", click, verdict)
        await ack(response_action="update", view=notice("Not applied", verdict.words))
        return verdict.rule
    claim = await desk.plans.claim(verdict.plan.id, by=click.actor.user)
    await _note(desk, "confirm", click, verdict, decision=claim.value)
    if claim is not Claim.CLAIMED:
        await ack(response_action="update", view=notice("Not applied", _LOST[claim]))
        return claim.value
    await ack()
    return "claimed"


async def _note(
    desk: Desk, action: str, click: Click, verdict: Allowed | Denied, *, decision: str = "allowed"
) -> None:
    if isinstance(verdict, Denied):
        await desk.audit.note(
            action,
            f"denied:{verdict.rule}",
            user=click.actor.user,
            team=click.actor.team,
            channel=click.channel,
            plan_id=click.value,
        )
        return
    await desk.audit.note(
        action,
        decision,
        user=click.actor.user,
        team=click.actor.team,
        channel=verdict.incident.spot.channel,
        incident_id=verdict.incident.id,
        plan_id=verdict.plan.id,
        words=verdict.plan.fix.command,
    )
