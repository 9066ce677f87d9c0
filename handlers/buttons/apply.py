"""The buttons of fixes: a press opens the dialog that confirms, its submission approves, the last approval claims."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diagnostics.languages import aloud, say, speak
from handlers.blockkit import build
from handlers.buttons.pressed import tell
from handlers.buttons.refusal import Allowed, expired, judge
from handlers.click import Click, notice
from handlers.denied import Denied
from handlers.ports import Claim
from handlers.render import confirm_modal
from handlers.render.card import (
    APPLY,
    APPROVE,
    ASK_APPROVAL,
    BOTH,
    CONFIRM,
    DECLINE,
    PROVIDER,
    RESTART,
    TRUST,
    UNDO,
)

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blockkit import Block
    from handlers.desk import Desk
    from handlers.ports import Clock

_LOST = {
    Claim.TAKEN: say("Somebody else applied this fix a moment ago. The reply tells how it went."),
    Claim.WITHDRAWN: say(
        "A newer check took this offer's place. Use the buttons of the reply as it is now."
    ),
    Claim.UNKNOWN: say("This offer is gone. Press *Check again* for a fresh one."),
    Claim.DECLINED: say("This fix was declined. Press *Check again* for a fresh offer."),
    Claim.OWN: say("You asked for this fix, and the rules want somebody else to approve it."),
    Claim.REPEATED: say("You approved this fix already. Somebody else must approve it too."),
}


def register(app: AsyncApp, desk: Desk, now: Clock) -> None:
    """Listen to the buttons, numbered ones too, and to the dialog."""
    names = "|".join(
        re.escape(name) for name in (APPLY, RESTART, TRUST, PROVIDER, BOTH, UNDO, APPROVE)
    )

    @app.action(re.compile(rf"^(?:{names})(?::\d{{1,2}})?$"))
    async def pressed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("press", await press(desk, body, client, now))

    @app.action(ASK_APPROVAL)
    async def asked(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("ask_approval", await ask(desk, body, client, now))

    @app.action(DECLINE)
    async def declined(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("decline", await decline(desk, body, client, now))

    @app.view(CONFIRM)
    async def confirmed(ack: AsyncAck, body: dict[str, Any]) -> None:
        desk.meter.delivery("confirm", await confirm(desk, ack, body, now))


async def press(desk: Desk, body: dict[str, Any], client: AsyncWebClient, now: Clock) -> str:
    """Open the dialog for who may; tell everybody else why not, and offer to ask."""
    click = Click.parse(body)
    verdict = await judge(desk, click.value, click.actor, channel=click.channel, now=now())
    await _note(desk, "press", click, verdict)
    if isinstance(verdict, Denied):
        await tell(click, client, verdict.words, _ask_blocks(click, verdict))
        return verdict.rule
    plan, incident = verdict.plan, verdict.incident
    view = confirm_modal(
        plan.fix,
        plan.id,
        incident.diagnoses[plan.position],
        undoing=plan.undoes is not None,
        approvals=_standing(verdict, click),
        submit=_submit(verdict, click),
    )
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "opened"


async def ask(desk: Desk, body: dict[str, Any], client: AsyncWebClient, now: Clock) -> str:
    """Put the request on record; the approvers are asked in the thread, once."""
    click = Click.parse(body)
    verdict = await judge(
        desk, click.value, click.actor, channel=click.channel, now=now(), asking=True
    )
    if isinstance(verdict, Denied):
        await _note(desk, "ask", click, verdict)
        await tell(click, client, verdict.words)
        return verdict.rule
    claim = await desk.plans.ask(verdict.plan.id, by=click.actor.user)
    await _note(desk, "ask", click, verdict, decision=claim.value)
    if claim is Claim.REPEATED:
        await tell(
            click, client, speak("The approvers were asked already; the request is in the thread.")
        )
    elif claim is not Claim.WAITING:
        await tell(click, client, _lost(claim, verdict))
    return claim.value


async def decline(desk: Desk, body: dict[str, Any], client: AsyncWebClient, now: Clock) -> str:
    """Close a request: for who may approve it, and for who asked."""
    click = Click.parse(body)
    at = now()
    verdict = await judge(
        desk, click.value, click.actor, channel=click.channel, now=at, asking=True
    )
    if isinstance(verdict, Allowed) and verdict.plan.requested_by != click.actor.user:
        verdict = await judge(desk, click.value, click.actor, channel=click.channel, now=at)
    if isinstance(verdict, Denied):
        await _note(desk, "decline", click, verdict)
        await tell(click, client, verdict.words)
        return verdict.rule
    claim = await desk.plans.decline(verdict.plan.id, by=click.actor.user)
    await _note(desk, "decline", click, verdict, decision=claim.value)
    if claim is not Claim.DECLINED:
        await tell(click, client, _lost(claim, verdict))
    return claim.value


async def confirm(desk: Desk, ack: AsyncAck, body: dict[str, Any], now: Clock) -> str:
    """Check everything again, approve, and close the dialog; the work follows the last approval."""
    click = Click.parse(body)
    verdict = await judge(desk, click.value, click.actor, channel=None, now=now())
    if isinstance(verdict, Denied):
        await _note(desk, "confirm", click, verdict)
        await ack(response_action="update", view=notice(speak("Not applied"), verdict.words))
        return verdict.rule
    approval = verdict.approval
    claim = await desk.plans.approve(
        verdict.plan.id, by=click.actor.user, needed=approval.needed, own=approval.own
    )
    await _note(desk, "confirm", click, verdict, decision=claim.value)
    if claim is Claim.WAITING:
        words = speak(
            "This is on record. The message in the thread asks the other approvers, and shows "
            "who approved."
        )
        await ack(response_action="update", view=notice(speak("Approval needed"), words))
    elif claim is not Claim.CLAIMED:
        await ack(
            response_action="update", view=notice(speak("Not applied"), _lost(claim, verdict))
        )
    else:
        await ack()
    return claim.value


def _lost(claim: Claim, verdict: Allowed) -> str:
    return expired(verdict.plan) if claim is Claim.EXPIRED else aloud(_LOST[claim])


def _ask_blocks(click: Click, denied: Denied) -> list[Block] | None:
    """The refusal with a button, where asking can help."""
    if not denied.may_ask:
        return None
    label = speak("Ask for approval")
    return [
        build.section(aloud(denied.words)),
        build.actions(
            build.button(
                ASK_APPROVAL,
                label,
                click.value,
                accessibility_label=speak("Ask the approvers in the thread to approve this fix"),
            )
        ),
        build.context(speak("The approvers are mentioned in the thread, once.")),
    ]


def _standing(verdict: Allowed, click: Click) -> str | None:
    """How the approvals stand, where one press is not all that it takes."""
    plan, approval = verdict.plan, verdict.approval
    asked = plan.requested_by is not None and plan.requested_by != click.actor.user
    if approval.needed == 1 and approval.own and not asked:
        return None
    others = [user for user in plan.approvals if user != click.actor.user]
    words = speak(
        "{others} of {needed} approvals so far.", others=len(others), needed=approval.needed
    )
    if not approval.own:
        words += speak(" Who asks for it can't approve it.")
    return words


def _submit(verdict: Allowed, click: Click) -> str | None:
    """What the dialog's button says, where it does not apply the fix at once."""
    plan, approval = verdict.plan, verdict.approval
    if not approval.own and plan.requested_by in (None, click.actor.user):
        return speak("Ask for approval")
    left = approval.needed - len(plan.approvals)
    return speak("Approve") if left > 1 else None


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
