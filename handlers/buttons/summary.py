"""Sum up: the incident as one message of its thread, when it is over. For everybody who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handlers.buttons.pressed import pressed_on, tell
from handlers.click import Click
from handlers.denied import Denied
from handlers.ports import Order, Task
from handlers.render.card import SUMMARY

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk
    from handlers.incident import Incident

WISH: Final = "summary"
"""The word of the same choice in the reply's menu."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the button."""

    @app.action(SUMMARY)
    async def pressed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("summary", await sum_up(desk, body, client))


async def sum_up(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Queue the summary for who may read the incident; what became of it, in a word."""
    click = Click.parse(body)
    incident = await pressed_on(desk, click)
    if isinstance(incident, Denied):
        await tell(click, client, incident.words)
        return "refused"
    return await order_summary(desk, click, incident)


async def order_summary(desk: Desk, click: Click, incident: Incident) -> str:
    """Queue it; a second press edits the first one's message."""
    order = Order(task=Task.SUMMARY, incident_id=incident.id, payload={"by": click.actor.user})
    return (await desk.inbox.order(order, event_id=click.trigger_id or None)).value
