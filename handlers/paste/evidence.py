"""Output of read-only commands in an incident's thread: an answer to what could not be read, and no new paste."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.recognize import find_secrets, redact
from diagnostics.recognize.outputs import outputs
from handlers.paste.reading import extract_text
from handlers.paste.reading.untrusted import text_at
from handlers.paste.source import Source, source_payload
from handlers.ports import Order, Recorded, Task

if TYPE_CHECKING:
    from handlers.desk import Desk
    from handlers.incident import Incident
    from handlers.paste.reading.untrusted import Node

_MARK: Final = re.compile(r"\[([^\[\]\n]{1,40} was here)\]")
_MOST: Final = 1_048_576
"""Characters of one message or its files."""


async def hand_in(desk: Desk, source: Source, message: Node) -> str | None:
    """Put the output in a message on record for the incident of its thread.

    Returns:
        What became of it, in a word; None where it is something else.
    """
    if source.by is None or text_at(message, "thread_ts") in ("", source.ts):
        return None
    text = extract_text(message)
    if not outputs(text):
        return None
    incident = await desk.incidents.in_thread(source.spot, asked=True)
    if incident is None or incident.shared or source.shared:
        return None
    order = evidence_order(source, incident, text)
    recorded = await desk.inbox.order(order, event_id=source.event_id)
    kinds = sorted({kind.value for kind in find_secrets(text)})
    if kinds and recorded is Recorded.STARTED:
        warning = {**source_payload(source), "kinds": kinds}
        await desk.inbox.order(Order(task=Task.WARN, payload=warning))
    return "evidence" if recorded is Recorded.STARTED else recorded.value


def evidence_order(source: Source, incident: Incident, text: str) -> Order:
    """Take the output later; secrets are taken out now."""
    payload = {
        **source_payload(source),
        "by": source.by,
        # Brackets would make a list of it in YAML.
        "text": _MARK.sub(r"(\1)", redact(text[:_MOST])),
    }
    return Order(task=Task.EVIDENCE, incident_id=incident.id, payload=payload)
