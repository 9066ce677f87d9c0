"""Somebody addresses the bot: an error, a name, "this thread", or help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.languages import Words, kept
from diagnostics.locate.naming import spoken_names
from handlers.paste.intake import failures, file_order, paste_of
from handlers.paste.reading import files_to_read
from handlers.paste.reading.untrusted import text_at
from handlers.paste.source import Source, source_payload
from handlers.paste.words import Misused, named_incident, parse
from handlers.ports import Order, Task

if TYPE_CHECKING:
    from diagnostics.fleet import Hints
    from handlers.desk import Desk
    from handlers.paste.reading.untrusted import Node

_HELP = frozenset(("help", "hilfe", "?", "usage", "hi", "hello"))


async def ask(desk: Desk, source: Source, message: Node, text: str) -> str:
    """Put a question on record; what became of it, in a word."""
    words = text.replace(desk.me.mention, " ").strip()
    incident = named_incident(words)
    if incident is not None:
        return await _order(desk, source, Task.INCIDENT, words=incident)
    try:
        asked = parse(words, clusters=spoken_names(desk.rules.fleet))
    except Misused as error:
        return await _order(desk, source, Task.HELP, words=error.words)
    symptoms = failures(words, asked=True)
    if symptoms:
        paste = paste_of(desk.rules, source, symptoms, text=text, hints=asked.hints)
        return (await desk.inbox.paste(paste)).value
    files = files_to_read(message)
    if files:
        order = file_order(source, files, hints=asked.hints)
        return (await desk.inbox.order(order, event_id=source.event_id)).value
    in_thread = bool(text_at(message, "thread_ts")) and message.get("thread_ts") != source.ts
    named = asked.names_target if in_thread else asked.names_something
    if words.lower() not in _HELP and named:
        symptom = asked.symptom()
        found = () if symptom is None else (symptom,)
        paste = paste_of(desk.rules, source, found, text=text, hints=asked.hints)
        return (await desk.inbox.paste(paste)).value
    if in_thread and words.lower() not in _HELP:
        task, hints = Task.READ_THREAD, asked.hints
    else:
        task, hints = Task.HELP, None
    return await _order(desk, source, task, hints=hints)


async def _order(
    desk: Desk, source: Source, task: Task, *, words: Words = "", hints: Hints | None = None
) -> str:
    payload = {**source_payload(source, hints), "words": kept(words)}
    recorded = await desk.inbox.order(Order(task=task, payload=payload), event_id=source.event_id)
    return recorded.value
