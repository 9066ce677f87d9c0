"""Where a text came from, and how a job is told of it: as JSON values, read back as they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.fleet import Hints
from handlers.incident import Spot
from handlers.paste.reading.untrusted import text_at

if TYPE_CHECKING:
    from handlers.paste.reading.untrusted import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a text came from."""

    event_id: str | None
    spot: Spot
    ts: str
    by: str | None
    asked: bool
    shared: bool
    response_url: str | None = None


def source_payload(source: Source, hints: Hints | None = None) -> dict[str, object]:
    """A source, with what the person said about the place. The delivery's own ID and address end with it."""
    said = hints or Hints()
    return {
        "team": source.spot.team,
        "channel": source.spot.channel,
        "thread_ts": source.spot.thread_ts,
        "ts": source.ts,
        "user": source.by,
        "asked": source.asked,
        "shared": source.shared,
        "cluster": said.cluster,
        "namespace": said.namespace,
        "service_account": said.service_account,
    }


def source_of(payload: Node) -> Source:
    """The source in a job's payload."""
    return Source(
        event_id=None,
        spot=Spot(
            team=text_at(payload, "team"),
            channel=text_at(payload, "channel"),
            thread_ts=_text(payload, "thread_ts"),
        ),
        ts=text_at(payload, "ts"),
        by=_text(payload, "user"),
        asked=payload.get("asked") is True,
        shared=payload.get("shared") is True,
    )


def hints_of(payload: Node) -> Hints:
    """What the person said about the place, in a job's payload."""
    return Hints(
        cluster=_text(payload, "cluster"),
        namespace=_text(payload, "namespace"),
        service_account=_text(payload, "service_account"),
    )


def _text(payload: Node, key: str) -> str | None:
    return text_at(payload, key) or None
