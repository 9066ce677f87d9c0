"""Check again, and Show all checks: for everybody of our own workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access import Denied
from handlers.buttons.refusal import OUT_OF_DATE
from handlers.click import Click
from handlers.paste.command import SHARED_WORDS
from handlers.ports import Order, Task
from handlers.render import checks_modal
from handlers.render.card import CHECKS, RECHECK
from handlers.whisper import whisper

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk
    from handlers.incident import Incident


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
    incident = await _incident(desk, click, client)
    if incident is None:
        return "refused"
    order = Order(task=Task.RECHECK, incident_id=incident.id, payload={"by": click.actor.user})
    return (await desk.inbox.order(order, event_id=click.trigger_id or None)).value


async def show_checks(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Open the dialog with every check of one of the reply's diagnoses."""
    click = Click.parse(body)
    incident = await _incident(desk, click, client)
    if incident is None:
        return "refused"
    position = position_of(click.value)
    if position >= len(incident.diagnoses):
        await _tell(click, client, OUT_OF_DATE)
        return "unknown"
    view = checks_modal(incident.diagnoses[position], incident.id)
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "opened"


async def readable(desk: Desk, click: Click, value: str | None = None) -> Incident | Denied:
    """The incident behind a button, for who may read it where it is.

    Args:
        desk: What we work with.
        click: Who pressed, and where.
        value: The ID, where it is only a part of the button's value.
    """
    outsider = desk.access.outsider(click.actor)
    if outsider is not None:
        return outsider
    given = click.value if value is None else value
    incident = await desk.incidents.get(given.partition(".")[0].partition(":")[0])
    if incident is None or click.channel not in (None, incident.spot.channel):
        return Denied(words=OUT_OF_DATE, rule="unknown-incident")
    if await desk.shared.is_shared(incident.spot.channel):
        return Denied(words=SHARED_WORDS, rule="shared-channel")
    return incident


async def _incident(desk: Desk, click: Click, client: AsyncWebClient) -> Incident | None:
    found = await readable(desk, click)
    if isinstance(found, Denied):
        await _tell(click, client, found.words)
        return None
    return found


async def _tell(click: Click, client: AsyncWebClient, words: str) -> None:
    await whisper(
        client,
        user=click.actor.user,
        channel=click.channel,
        thread_ts=click.thread_ts,
        words=words,
        response_url=click.response_url,
    )


def position_of(value: str) -> int:
    """The index behind the point of a button's value; 0 for the first."""
    index = value.partition(".")[2]
    return int(index) if index.isascii() and index.isdigit() and len(index) < 3 else 0  # noqa: PLR2004
