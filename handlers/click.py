"""A press, a choice or a submitted dialog, taken apart; nothing about the payload's shape is trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.languages import aloud
from handlers.access import Actor
from handlers.blockkit import build
from handlers.paste.reading.untrusted import node_at, nodes_at, text_at

if TYPE_CHECKING:
    from handlers.blockkit import Block
    from handlers.paste.reading.untrusted import Node

_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
"""What our IDs and Slack's are made of; anything else is a forgery, and no text for a database."""
_SHORT: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """Who pressed what, and where."""

    actor: Actor
    value: str
    """The button's or option's value, or the dialog's private metadata: an ID of ours, or a forgery."""
    channel: str | None
    message_ts: str | None
    thread_ts: str | None
    trigger_id: str
    response_url: str | None

    @classmethod
    def parse(cls, body: Node) -> Click:
        """Read a block_actions, view_submission or message_action payload."""
        user = node_at(body, "user")
        action = next(iter(nodes_at(body, "actions")), {})
        option = node_at(action, "selected_option")
        view = node_at(body, "view")
        container = node_at(body, "container")
        message = node_at(body, "message")
        value = (
            text_at(action, "value")
            or text_at(option, "value")
            or text_at(view, "private_metadata")
        )
        message_ts = text_at(container, "message_ts") or text_at(message, "ts")
        thread = text_at(container, "thread_ts") or text_at(message, "thread_ts")
        return cls(
            actor=Actor(
                user=_identifier(text_at(user, "id")), team=text_at(user, "team_id") or None
            ),
            value=value if _ID.fullmatch(value) else "",
            channel=(
                text_at(node_at(body, "channel"), "id") or text_at(container, "channel_id") or None
            ),
            message_ts=message_ts or None,
            thread_ts=thread or message_ts or None,
            trigger_id=text_at(body, "trigger_id"),
            response_url=text_at(body, "response_url") or None,
        )


def _identifier(text: str) -> str:
    return text if len(text) <= _SHORT and _ID.fullmatch(text) else ""


def notice(title: str, words: str) -> Block:
    """A dialog that only says something, in mrkdwn."""
    return build.modal(title, [build.section(aloud(words))], callback_id="irsa.notice")
