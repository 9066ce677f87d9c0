"""Check again, and Show all checks: for everybody of our own workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.buttons.pressed import OUT_OF_DATE, shown_to, tell
from handlers.click import Click
from handlers.pointing import diagnosis_in
from handlers.ports import Order, Task
from handlers.render import checks_modal
from handlers.render.card import CHECKS, RECHECK

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to both buttons."""

    @app.action(RECHECK)
    async def again(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("recheck", await recheck(desk, body, client))

    @app.action(CHECKS)
    async def all_checks(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("checks", await show_checks(desk, body, client))


async def recheck(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Queue a fresh look; the reply shows it."""
    click = Click.parse(body)
    incident = await shown_to(desk, click, client)
    if incident is None:
        return "refused"
    order = Order(task=Task.RECHECK, incident_id=incident.id, payload={"by": click.actor.user})
    return (await desk.inbox.order(order, event_id=click.trigger_id or None)).value


async def show_checks(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Open the dialog with every check of one of the reply's diagnoses."""
    click = Click.parse(body)
    incident = await shown_to(desk, click, client)
    if incident is None:
        return "refused"
    position = diagnosis_in(click.value)
    if position >= len(incident.diagnoses):
        await tell(click, client, OUT_OF_DATE)
        return "unknown"
    view = checks_modal(incident.diagnoses[position], incident.id)
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "opened"
