"""Pasted errors: message events in channels, threads and direct messages, alerts and edits among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handlers.incident import Spot
from handlers.paste.asking import ask
from handlers.paste.author import Voice, author_of
from handlers.paste.intake import Source, chosen, failures, file_order, paste_of, thread_of
from handlers.paste.reading import alert_hints, edit_of, extract_text, files_to_read, newly_said
from handlers.paste.reading.untrusted import text_at
from handlers.shared_channels import flagged

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from handlers.desk import Desk

_READ: Final = frozenset(("", "file_share", "thread_broadcast", "bot_message", "message_changed"))
"""Subtypes that hold what somebody wrote; the others tell of joins, topics, pins and deletions."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to message events of every subtype."""

    @app.event("message")
    async def message(event: dict[str, Any], body: dict[str, Any]) -> None:
        desk.meter.delivery("message", await hear(desk, event, body))


async def hear(desk: Desk, event: dict[str, Any], body: dict[str, Any]) -> str:
    """Put a message on record if it holds a failure; what became of it, in a word."""
    if text_at(event, "subtype") not in _READ:
        return "other"
    edit = edit_of(event)
    if edit is None and text_at(event, "subtype") == "message_changed":
        return "other"
    content = event if edit is None else edit.current
    author = author_of(desk, content)
    if author.voice not in (Voice.PERSON, Voice.ALERT):
        return author.voice.value
    channel, ts = text_at(event, "channel")[:32], text_at(content, "ts")[:32]
    if not channel or not ts:
        return "other"
    direct = text_at(event, "channel_type") == "im"
    text = extract_text(content)
    if edit is None and not direct and desk.me.mention in text:
        return "mention"  # comes as app_mention too
    source = Source(
        event_id=text_at(body, "event_id") or None,
        spot=Spot(team=desk.me.team, channel=channel, thread_ts=thread_of(content)),
        ts=ts,
        by=author.user,
        asked=direct and edit is None,
        shared=flagged(body),
    )
    if direct and edit is None:
        return await ask(desk, source, content, text)
    symptoms = (
        failures(text, asked=False) if edit is None else chosen(newly_said(edit), asked=False)
    )
    if symptoms:
        labels = alert_hints(content) if author.voice is Voice.ALERT else None
        paste = paste_of(desk.rules, source, symptoms, text=text, labels=labels)
        return (await desk.inbox.paste(paste)).value
    files = files_to_read(content) if edit is None else ()
    if files:
        order = file_order(source, files)
        return (await desk.inbox.order(order, event_id=source.event_id)).value
    return "silent"
