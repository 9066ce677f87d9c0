"""The outer shape of what Slack delivers, as far as Bolt takes it for granted before any listener runs.

Source: docs.slack.dev, "Interaction payloads" and "Events API".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from handlers.paste.reading.untrusted import Node

_OBJECTS: Final = ("event", "view", "message", "container", "enterprise", "item")
_OBJECTS_OR_IDS: Final = ("user", "team", "channel", "bot_id")
"""An object in an interaction, an ID in a command or an event."""
_TEXTS: Final = ("type", "callback_id", "command", "team_id", "user_id", "enterprise_id")
_OF_VIEWS: Final = ("view_submission", "view_closed")


def is_slacks(body: Node) -> bool:
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
