"""What Slack delivers, by HTTP or Socket Mode: how large, how deep, and its outer shape, before anything reads it.

The shape is what Bolt takes for granted before any listener runs.
Source: docs.slack.dev, "Interaction payloads" and "Events API".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.request.async_request import AsyncBoltRequest

    from handlers.paste.reading.untrusted import Node

LARGEST: Final = 1 << 20
"""Bytes of one delivery."""
DEEPEST: Final = 64
"""Objects and lists within each other; the deepest of Slack's, a form with rich text, have a dozen."""

_OBJECTS: Final = ("event", "view", "message", "container", "enterprise", "item")
_OBJECTS_OR_IDS: Final = ("user", "team", "channel", "bot_id")
"""An object in an interaction, an ID in a command or an event."""
_TEXTS: Final = ("type", "callback_id", "command", "team_id", "user_id", "enterprise_id")
_OF_VIEWS: Final = ("view_submission", "view_closed")


def read_object(text: str) -> dict[str, object] | None:
    """The JSON object that a text is; None where it is none, or deeper than `DEEPEST`."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and _is_shallow(found) else None


def request_for_bolt(make: Callable[[], AsyncBoltRequest]) -> AsyncBoltRequest | None:
    """Make a request for Bolt; None where its payload is none of Slack's.

    Args:
        make: Makes it; Bolt looks for IDs in the payload, and trusts its shape.
    """
    try:
        made = make()
    except (TypeError, ValueError, AttributeError, KeyError):
        return None
    return made if _is_slacks(made.body) else None


def _is_shallow(found: object) -> bool:
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _is_slacks(body: Node) -> bool:
    """Whether a payload has the types that Slack's have; what lies deeper is read without trust."""
    event, view = body.get("event"), body.get("view")
    return (
        _plain(body)
        and (not isinstance(event, Mapping) or _plain(event))
        and (not isinstance(view, Mapping) or _plain(view))
        and (body.get("type") != "event_callback" or isinstance(event, Mapping))
        and (body.get("type") not in _OF_VIEWS or isinstance(view, Mapping))
        and (body.get("type") != "block_actions" or _actions(body.get("actions")))
    )


def _plain(node: Node) -> bool:
    return (
        all(isinstance(node.get(key), Mapping | None) for key in _OBJECTS)
        and all(isinstance(node.get(key), Mapping | str | None) for key in _OBJECTS_OR_IDS)
        and all(isinstance(node.get(key), str | None) for key in _TEXTS)
        and all(
            isinstance(held.get("id"), str | None)
            for key in _OBJECTS_OR_IDS
            if isinstance(held := node.get(key), Mapping)
        )
    )


def _actions(held: object) -> bool:
    """Whether a press says what was pressed."""
    return (
        isinstance(held, list)
        and bool(held)
        and all(isinstance(one, Mapping) and isinstance(one.get("action_id"), str) for one in held)
    )
