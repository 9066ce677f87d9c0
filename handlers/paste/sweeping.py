"""`/irsa sweep`: the whole fleet, now; `/irsa sweep last`: the report of the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diagnostics.languages import speak
from handlers.paste.reading.untrusted import text_at
from handlers.ports import Order, Task

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk


async def order_sweep(
    desk: Desk, ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, text: str
) -> str:
    """Order a sweep, or the report of the last one."""
    del client  # the job answers
    text = text.lower()
    if text not in ("", "last"):
        await ack(
            speak("I know `/irsa sweep`, and `/irsa sweep last` for the report of the last one.")
        )
        return "misused"
    trigger, channel = text_at(command, "trigger_id"), text_at(command, "channel_id")[:32]
    user = text_at(command, "user_id")[:32]
    payload = {
        "channel": channel,
        "user": user,
        "show": text,
        "response_url": text_at(command, "response_url"),
    }
    await desk.inbox.order(Order(task=Task.SWEEP, payload=payload), event_id=trigger or None)
    await desk.audit.note(
        "sweep", text or "asked", user=user, team=text_at(command, "team_id"), channel=channel
    )
    await ack(
        speak("The report of the last sweep comes here in the channel.")
        if text
        else speak("I am sweeping the fleet, and say here in the channel how far I am.")
    )
    return "sweep"
