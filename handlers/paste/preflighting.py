"""`/irsa preflight`: what of the fleet works, and the text that mends what does not, for who asks alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diagnostics.languages import speak
from handlers.blockkit.fitting import fit_message
from handlers.paste.reading.untrusted import text_at
from handlers.ports import Order, Task
from handlers.render.moments import moment

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk

_NAME: Final = 120


async def order_preflight(
    desk: Desk, ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, text: str
) -> str:
    """Show what is on record where that is new enough, or what was asked for; else order a walk."""
    del client  # the job answers
    channel, user = text_at(command, "channel_id")[:32], text_at(command, "user_id")[:32]
    name = "" if text.lower() == "last" else text[:_NAME]
    reach = await desk.access.reach(user, channel)
    said = await desk.preflights.shown(reach, name, however_old=bool(text))
    await desk.audit.note(
        "preflight",
        "asked" if said is None else "shown",
        user=user,
        team=text_at(command, "team_id"),
        channel=channel,
    )
    if said is not None:
        await ack(text=said.text, blocks=fit_message(said.blocks))
        return "preflight"
    since = await desk.preflights.under_way()
    if since is not None:
        await ack(
            speak(
                "A preflight is under way since {moment}. `/irsa preflight last` shows what it came to, once it has "
                "ended.",
                moment=moment(since),
            )
        )
        return "preflight"
    payload = {
        "channel": channel,
        "user": user,
        "name": name,
        "response_url": text_at(command, "response_url"),
    }
    order = Order(task=Task.PREFLIGHT, payload=payload)
    await desk.inbox.order(order, event_id=text_at(command, "trigger_id") or None)
    await ack(
        speak(
            "I am trying what I may read and change in each account and cluster of the fleet, those that only the "
            "inventory knows among them. Nothing is written; the answer comes here in a minute or a few, for you alone."
        )
    )
    return "preflight"
