"""What stands around a paste: earlier messages of its thread and the channel's topic, as hints."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from diagnostics.fleet import Hints
from diagnostics.languages import say
from diagnostics.locate.naming import spoken_names
from handlers.paste.author import Voice, author_of
from handlers.paste.reading import alert_hints
from handlers.paste.reading.untrusted import nodes_at, text_at
from handlers.slack_trouble import SLACK_TROUBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.jobs.bench import Bench
    from handlers.incident import Spot
    from handlers.paste.reading.untrusted import Node

FROM_AROUND: Final = say("this thread or the channel's topic")
_MESSAGES: Final = 30
_WORDS: Final = 4_000


async def hints_around(bench: Bench, spot: Spot) -> Hints:
    """Read where it happened out of the thread, the latest message first, then out of the topic.

    Only people and listed alert bots count. What can't be read says nothing: the question is asked then.
    """
    thread, channel = await asyncio.gather(_thread(bench, spot), _topic(bench, spot))
    return await asyncio.to_thread(_read, thread, channel, bench)


def _read(messages: Sequence[Node], topic: str, bench: Bench) -> Hints:
    found = Hints()
    for message in reversed(messages):
        if author_of(bench, message).voice in (Voice.PERSON, Voice.ALERT):
            found = found.over(alert_hints(message))
    clusters = spoken_names(bench.rules.fleet)
    named = [
        word for word in topic.split() if (bare := word.strip("`'\",.;:()*_")) and bare in clusters
    ]
    said = Hints(cluster=named[0].strip("`'\",.;:()*_") if len(named) == 1 else None)
    return found.over(said).over(alert_hints({"text": topic}))


async def _thread(bench: Bench, spot: Spot) -> tuple[Node, ...]:
    if spot.thread_ts is None:
        return ()
    try:
        answer = await bench.client.conversations_replies(
            channel=spot.channel, ts=spot.thread_ts, limit=_MESSAGES
        )
    except SLACK_TROUBLE:
        return ()
    data: Any = answer.data
    return tuple(nodes_at(data if isinstance(data, dict) else {}, "messages"))


async def _topic(bench: Bench, spot: Spot) -> str:
    try:
        answer = await bench.client.conversations_info(channel=spot.channel)
    except SLACK_TROUBLE:
        return ""
    data: Any = answer.data
    channel = data.get("channel") if isinstance(data, dict) else None
    if not isinstance(channel, dict):
        return ""
    parts = (channel.get("topic"), channel.get("purpose"))
    return " \n".join(text_at(part, "value") for part in parts if isinstance(part, dict))[:_WORDS]
