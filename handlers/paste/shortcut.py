"""The message shortcut "Diagnose IRSA": works in threads and where the bot was not invited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diagnostics.fleet import Hints
from diagnostics.languages import speak
from handlers.click import Click, notice
from handlers.incident import Spot
from handlers.paste.command import SHARED_WORDS
from handlers.paste.intake import failures, file_order, paste_of, thread_of
from handlers.paste.reading import extract_text, files_to_read
from handlers.paste.reading.untrusted import node_at, text_at
from handlers.paste.source import Source
from handlers.ports import Recorded
from handlers.render import form_modal
from handlers.render.card import SHORTCUT
from handlers.whisper import whisper

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the shortcut."""

    @app.shortcut(SHORTCUT)
    async def shortcut(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("shortcut", await run(desk, body, client))


async def run(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Put the message on record, or ask where its error happened."""
    click = Click.parse(body)
    message = node_at(body, "message")
    channel, ts = (click.channel or "")[:32], text_at(message, "ts")[:32]
    denied = desk.access.outsider(click.actor)
    words = denied.words if denied is not None else None
    if words is None and await desk.shared.is_shared(channel):
        words = SHARED_WORDS
    if words is not None:
        await client.views_open(
            trigger_id=click.trigger_id, view=notice(speak("Diagnose IRSA"), words)
        )
        return "refused"
    source = Source(
        event_id=click.trigger_id or None,
        spot=Spot(team=desk.me.team, channel=channel, thread_ts=thread_of(message)),
        ts=ts,
        by=click.actor.user,
        asked=True,
        shared=False,
        response_url=click.response_url,
    )
    text = extract_text(message)
    symptoms = failures(text, asked=True)
    if symptoms:
        recorded = await desk.inbox.paste(paste_of(desk.rules, source, symptoms, text=text))
        if recorded is Recorded.DUPLICATE:
            await whisper(
                client,
                user=click.actor.user,
                channel=channel,
                thread_ts=source.spot.thread_ts,
                words=speak(
                    "My answer to this message is in its thread. Press *Check again* there for a fresh one."
                ),
                response_url=click.response_url,
            )
        return recorded.value
    files = files_to_read(message)
    if files:
        order = file_order(source, files)
        return (await desk.inbox.order(order, event_id=source.event_id)).value
    incident_id = await desk.inbox.draft(paste_of(desk.rules, source, (), text=text))
    reach = await desk.access.reach(click.actor.user, channel)
    clusters = tuple(c.name for c in reach.of(desk.rules.fleet).clusters)
    view = form_modal((), Hints(), clusters, incident_id)
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "form"
