"""The ID that leads from a delivery of Slack to the jobs and API calls that it caused: `trace` in every log line."""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

import structlog

from handlers.paste.reading.untrusted import node_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.paste.reading.untrusted import Node

TRACE: Final = "trace"
_EVENT_ID: Final = re.compile(r"[A-Za-z0-9]{4,32}")
_log = structlog.get_logger("irsa.door")
_unsaid: ContextVar[list[dict[str, str | None]] | None] = ContextVar("irsa_unsaid", default=None)
"""A message's line, until there is a reason to log it: what people write to each other is not logged."""


@contextmanager
def traced(body: Node) -> Iterator[None]:
    """Give the delivery's trace to every line that is logged inside the block, and by the jobs that it queues.

    Slack's own event ID where there is one, so that a delivery made again has the same. A line of its own has what is
    addressed to us, and a message that becomes work for us; of other messages nothing is logged.
    """
    event = node_at(body, "event")
    event_id = text_at(body, "event_id")
    trace = event_id if _EVENT_ID.fullmatch(event_id) else secrets.token_hex(6)
    line = _line(body, event)
    with structlog.contextvars.bound_contextvars(**{TRACE: trace}):
        if line["kind"] != "message":
            _log.info("delivery", **line)
            yield
            return
        token = _unsaid.set([line])
        try:
            yield
        finally:
            _unsaid.reset(token)


def trace_of_work() -> str | None:
    """The trace that a job belongs to, if a delivery causes it; the delivery is logged by then."""
    for line in _taken(_unsaid.get()):
        _log.info("delivery", **line)
    found = structlog.contextvars.get_contextvars().get(TRACE)
    return found if isinstance(found, str) else None


def _taken(lines: list[dict[str, str | None]] | None) -> Iterator[dict[str, str | None]]:
    while lines:
        yield lines.pop()


def _line(body: Node, event: Node) -> dict[str, str | None]:
    return {
        "kind": _bounded(
            text_at(event, "type") or text_at(body, "type") or text_at(body, "command")
        ),
        "channel": _bounded(
            text_at(event, "channel")
            or text_at(body, "channel_id")
            or text_at(node_at(body, "channel"), "id")
        ),
        "user": _bounded(
            text_at(event, "user")
            or text_at(body, "user_id")
            or text_at(node_at(body, "user"), "id")
        ),
    }


def _bounded(text: str) -> str | None:
    return text[:32] or None
