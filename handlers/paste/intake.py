"""From a message's words to what is put on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.case import Case
from diagnostics.fleet import Hints
from diagnostics.recognize import Kind, find_secrets, recognize, worth_reading
from handlers.paste.reading.untrusted import text_at
from handlers.paste.source import source_payload
from handlers.ports import Order, Paste, Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diagnostics.recognize import Symptom
    from handlers.paste.reading import FileToRead
    from handlers.paste.reading.untrusted import Node
    from handlers.paste.source import Source
    from handlers.rules import Rules

MOST_FAILURES: Final = 5
"""Failures of one paste that are answered."""


def failures(text: str, *, asked: bool) -> tuple[Symptom, ...]:
    """The failures in a text; look-alikes only where somebody asks."""
    if not asked and not worth_reading(text):
        return ()
    return chosen(recognize(text), asked=asked)


def chosen(symptoms: Iterable[Symptom], *, asked: bool) -> tuple[Symptom, ...]:
    """Those that are answered: web-identity failures, and where nobody else is asked about, look-alikes."""
    found = tuple(symptoms)
    real = tuple(s for s in found if s.kind is Kind.WEB_IDENTITY)
    return (real or (found if asked else ()))[:MOST_FAILURES]


def paste_of(
    rules: Rules,
    source: Source,
    symptoms: Sequence[Symptom],
    *,
    text: str,
    hints: Hints | None = None,
    labels: Hints | None = None,
) -> Paste:
    """Put symptoms together with what the person, the alert's labels and the channel say."""
    defaults = (labels or Hints()).over(rules.channel_hints(source.spot.channel))
    said = hints or Hints()
    cases = tuple(Case(symptom=s, hints=said, defaults=defaults) for s in symptoms)
    return Paste(
        event_id=source.event_id,
        spot=source.spot,
        ts=source.ts,
        by=source.by,
        asked=source.asked,
        cases=cases or (Case(hints=said, defaults=defaults),),
        response_url=source.response_url,
        shared=source.shared,
        secrets=tuple(sorted({kind.value for kind in find_secrets(text)})),
    )


def file_order(source: Source, files: Sequence[FileToRead], *, hints: Hints | None = None) -> Order:
    """Read a message's files later: downloading does not fit into an acknowledgement."""
    return Order(
        task=Task.READ_FILES,
        urgent=source.asked,
        payload={
            **source_payload(source, hints),
            "files": [{"id": f.id, "name": f.name, "url": f.url, "size": f.size} for f in files],
        },
    )


def thread_of(message: Node) -> str:
    """The message whose thread the reply goes into."""
    return (text_at(message, "thread_ts") or text_at(message, "ts"))[:32]
