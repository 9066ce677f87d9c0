"""The ID that leads from a delivery of Slack to the jobs and API calls that it caused: `trace` in every log line."""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog

from handlers.paste.reading.untrusted import node_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.paste.reading.untrusted import Node

TRACE: Final = "trace"
_EVENT_ID: Final = re.compile(r"[A-Za-z0-9]{4,32}")
_log = structlog.get_logger("irsa.door")


@contextmanager
def traced(body: Node) -> Iterator[None]:
    """Log a delivery, and give its trace to every line that is logged inside the block and by the jobs it queues.

    Slack's own event ID where there is one, so that a delivery made again has the same.
    """
    event = node_at(body, "event")
    event_id = text_at(body, "event_id")
    trace = event_id if _EVENT_ID.fullmatch(event_id) else secrets.token_hex(6)
    with structlog.contextvars.bound_contextvars(**{TRACE: trace}):
        _log.info(
            "delivery",
            kind=_bounded(
                text_at(event, "type") or text_at(body, "type") or text_at(body, "command")
            ),
            channel=_bounded(
                text_at(event, "channel")
                or text_at(body, "channel_id")
                or text_at(node_at(body, "channel"), "id")
            ),
            user=_bounded(
                text_at(event, "user")
                or text_at(body, "user_id")
                or text_at(node_at(body, "user"), "id")
            ),
        )
        yield


def current_trace() -> str | None:
    """The trace of what is done at the moment."""
    found = structlog.contextvars.get_contextvars().get(TRACE)
    return found if isinstance(found, str) else None


def _bounded(text: str) -> str | None:
    return text[:32] or None
