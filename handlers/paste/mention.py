"""`@irsa …`: with an error, with a name, or alone in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.incident import Spot
from handlers.paste.asking import ask
from handlers.paste.author import Voice, author_of
from handlers.paste.evidence import hand_in
from handlers.paste.intake import thread_of
from handlers.paste.reading import extract_text
from handlers.paste.reading.untrusted import text_at
from handlers.paste.source import Source
from handlers.shared_channels import flagged

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to mentions."""

    @app.event("app_mention")
    async def mention(event: dict[str, Any], body: dict[str, Any]) -> None:
        desk.meter.delivery("mention", await hear(desk, event, body))


async def hear(desk: Desk, event: dict[str, Any], body: dict[str, Any]) -> str:
    """Put a mention on record; what became of it, in a word."""
    author = author_of(desk, event)
    if author.voice not in (Voice.PERSON, Voice.ALERT):
        return author.voice.value
    channel, ts = text_at(event, "channel")[:32], text_at(event, "ts")[:32]
    if not channel or not ts:
        return "other"
    source = Source(
        event_id=text_at(body, "event_id") or None,
        spot=Spot(team=desk.me.team, channel=channel, thread_ts=thread_of(event)),
        ts=ts,
        by=author.user,
        asked=True,
        shared=flagged(body),
    )
    if (word := await hand_in(desk, source, event)) is not None:
        return word
    return await ask(desk, source, event, extract_text(event))
