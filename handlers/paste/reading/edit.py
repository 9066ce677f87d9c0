"""An edited message: what it says now that it did not say before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.recognize import recognize
from handlers.paste.reading.message import extract_text
from handlers.paste.reading.untrusted import Node, node_at, text_at

if TYPE_CHECKING:
    from diagnostics.recognize import Symptom


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A `message_changed` event, taken apart."""

    current: Node
    previous: Node


def edit_of(event: Node) -> Edit | None:
    """Take a `message_changed` event apart; None for every other event, and for one without a message."""
    if text_at(event, "subtype") != "message_changed":
        return None
    current = node_at(event, "message")
    if not current:
        return None
    return Edit(current=current, previous=node_at(event, "previous_message"))


def newly_said(edit: Edit) -> tuple[Symptom, ...]:
    """Find the failures that an edit added.

    Slack sends the same event when it adds a link's preview or a thread's counts, so words decide, not the event.
    """
    after = extract_text(edit.current)
    before = extract_text(edit.previous)
    if after == before:
        return ()
    known = {symptom.fingerprint for symptom in recognize(before)}
    return tuple(s for s in recognize(after) if s.fingerprint not in known)
