"""The menu of a reply: whether it helped, quiet, and a summary."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from diagnostics.languages import say, speak
from handlers.buttons.pressed import OUT_OF_DATE, pressed_on, tell
from handlers.buttons.summary import WISH, order_summary
from handlers.click import Click
from handlers.denied import Denied
from handlers.mutes import KEEP_QUIET, USUAL, Mute
from handlers.pointing import diagnosis_in
from handlers.ports import Order, Task
from handlers.render.card import MORE
from handlers.render.overview import mute_line

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk
    from handlers.incident import Incident
    from handlers.ports import Clock

_DAY: Final = timedelta(days=1)
_THANKS: Final = {
    "helped": say("Thank you, noted."),
    "wrong": say(
        "Thank you, noted. If another service account is meant, mention me in the thread with its name "
        "(`payments/api --cluster prod-eu`); *Show all checks* has every read that the answer rests on."
    ),
}


def register(app: AsyncApp, desk: Desk, now: Clock) -> None:
    """Listen to the menu."""

    @app.action(MORE)
    async def chosen(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("more", await choose(desk, body, client, now))


async def choose(desk: Desk, body: dict[str, Any], client: AsyncWebClient, now: Clock) -> str:
    """Do what was chosen, and say so privately."""
    click = Click.parse(body)
    wish, _, value = click.value.partition(":")
    incident = await pressed_on(desk, click, value)
    if isinstance(incident, Denied):
        words, outcome = incident.words, "refused"
    elif wish in _THANKS:
        await _note(desk, click, incident, "feedback", wish)
        words, outcome = _THANKS[wish], wish
    elif wish == WISH:
        await order_summary(desk, click, incident)
        words, outcome = speak("I sum the incident up in this thread."), wish
    else:
        mute = _mute(wish, value, click, incident, now)
        denied = await desk.access.member(click.actor, KEEP_QUIET)
        if mute is None:
            words, outcome = OUT_OF_DATE, "unknown"
        elif denied is not None:
            await _note(desk, click, incident, "mute", f"denied:{denied.rule}")
            words, outcome = denied.words, "refused"
        else:
            await desk.mutes.mute(desk.me.team, mute)
            await _note(desk, click, incident, "mute", mute.code or "all")
            await desk.inbox.order(Order(task=Task.SHOW, incident_id=incident.id))
            words, outcome = (
                speak("{sentence} `/irsa unmute` ends it.", sentence=mute_line(mute)),
                wish,
            )
    await tell(click, client, words)
    return outcome


def _mute(wish: str, value: str, click: Click, incident: Incident, now: Clock) -> Mute | None:
    channel, by = incident.spot.channel, click.actor.user
    if wish == "quiet":
        return Mute(channel=channel, code=None, until=now() + USUAL, by=by)
    position = diagnosis_in(value)
    if wish != "cause" or position >= len(incident.diagnoses):
        return None
    root = incident.diagnoses[position].root
    if root is None:
        return None
    return Mute(channel=channel, code=root.code, until=now() + _DAY, by=by)


async def _note(desk: Desk, click: Click, incident: Incident, action: str, decision: str) -> None:
    await desk.audit.note(
        action,
        decision,
        user=click.actor.user,
        team=click.actor.team,
        channel=incident.spot.channel,
        incident_id=incident.id,
    )
