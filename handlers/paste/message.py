"""Pasted errors: message events in channels, threads and direct messages, alerts and edits among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diagnostics.languages import kept, say
from handlers.incident import Spot
from handlers.paste.asking import ask
from handlers.paste.author import Author, Voice, author_of
from handlers.paste.evidence import hand_in
from handlers.paste.intake import chosen, failures, file_order, paste_of, thread_of
from handlers.paste.reading import alert_hints, edit_of, extract_text, files_to_read, newly_said
from handlers.paste.reading.untrusted import text_at
from handlers.paste.source import Source
from handlers.ports import Order, Recorded, Task
from handlers.shared_channels import flagged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_bolt.async_app import AsyncApp

    from diagnostics.recognize import Symptom
    from handlers.desk import Desk
    from handlers.paste.reading.untrusted import Node

_READ: Final = frozenset(("", "file_share", "thread_broadcast", "bot_message"))
"""Subtypes that hold what somebody wrote; the others tell of joins, topics, pins and deletions."""


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to message events of every subtype."""

    @app.event("message")
    async def message(event: dict[str, Any], body: dict[str, Any]) -> None:
        desk.meter.delivery("message", await hear(desk, event, body))


async def hear(desk: Desk, event: dict[str, Any], body: dict[str, Any]) -> str:
    """Put a message on record if it holds a failure; what became of it, in a word."""
    edit = edit_of(event)
    content = event if edit is None else edit.current
    channel, ts = text_at(event, "channel")[:32], text_at(content, "ts")[:32]
    author = author_of(desk, content)
    if not _is_written(event) or author.voice not in (Voice.PERSON, Voice.ALERT):
        return author.voice.value
    direct = text_at(event, "channel_type") == "im"
    source = Source(
        event_id=text_at(body, "event_id") or None,
        spot=Spot(team=desk.me.team, channel=channel, thread_ts=thread_of(content)),
        ts=ts,
        by=author.user,
        asked=direct and edit is None,
        shared=flagged(body),
    )
    if edit is not None:
        symptoms = chosen(newly_said(edit), asked=False)
        return await _record(desk, source, content, author, symptoms)
    text = extract_text(content)
    mentioned = desk.me.mention in text and not direct  # comes as app_mention too
    word = "mention" if mentioned else await hand_in(desk, source, content)
    if word is not None:
        return word
    if direct:
        return await ask(desk, source, content, text)
    symptoms = failures(text, asked=False)
    files = files_to_read(content)
    if files and not symptoms:
        order = file_order(source, files)
        return (await desk.inbox.order(order, event_id=source.event_id)).value
    return await _record(desk, source, content, author, symptoms)


def _is_written(event: Node) -> bool:
    subtype = text_at(event, "subtype")
    return subtype in _READ or (subtype == "message_changed" and edit_of(event) is not None)


async def _record(
    desk: Desk, source: Source, content: Node, author: Author, symptoms: Sequence[Symptom]
) -> str:
    if not symptoms:
        return "silent"
    labels = alert_hints(content) if author.voice is Voice.ALERT else None
    text = extract_text(content)
    paste = paste_of(desk.rules, source, symptoms, text=text, labels=labels)
    recorded = await desk.inbox.paste(paste)
    if recorded is Recorded.CAPPED and author.voice is Voice.PERSON and author.user is not None:
        await desk.inbox.order(_capped(source))
    return recorded.value


def _capped(source: Source) -> Order:
    """Say privately why this paste gets no reply: silence would look like a bot that is gone."""
    words = say(
        "I have answered many failures here within the hour, and keep quiet so that this stays readable. "
        "Mention me with the error, and I look at this one too."
    )
    payload = {
        "channel": source.spot.channel,
        "thread_ts": source.spot.thread_ts,
        "user": source.by,
        "words": kept(words),
    }
    return Order(task=Task.HELP, urgent=False, payload=payload)
