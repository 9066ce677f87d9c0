"""Whole payloads: a message, a modal, a Home tab."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from handlers.blockkit import limits
from handlers.blockkit.blocks import block
from handlers.blockkit.composition import text_object
from handlers.blockkit.faults import Breach, Fault
from handlers.blockkit.measure import characters
from handlers.blockkit.reading import Reading

_PLAIN: Final = frozenset({"plain_text"})
_VIEW_FIELDS: Final = frozenset(
    {
        "type",
        "title",
        "blocks",
        "close",
        "submit",
        "private_metadata",
        "callback_id",
        "clear_on_close",
        "notify_on_close",
        "external_id",
        "submit_disabled",
    }
)


def validate_message(payload: Mapping[str, object]) -> tuple[Fault, ...]:
    """What Slack would refuse in a message, in reading order; nothing if it would take it.

    Args:
        payload: The arguments of `chat.postMessage`: `text`, `blocks`, `attachments`.

    Source: docs.slack.dev, `chat.postMessage`.
    """
    reading = Reading(surface="message")
    held = payload.get("blocks")
    attached = payload.get("attachments")
    if not payload.get("text") and not held and not attached:
        reading.fault("/text", "a message needs text, blocks or attachments", Breach.NO_TEXT)
    if held:
        _blocks(reading, held, limits.MESSAGE_BLOCKS)
    if isinstance(attached, list):
        _attachments(reading, attached)
    if (size := characters(held)) > limits.MESSAGE_BUDGET:
        reading.fault(
            "/blocks",
            f"the blocks hold {size} characters of text; at most {limits.MESSAGE_BUDGET} are sent",
            Breach.LENGTH,
        )
    return tuple(reading.faults)


def validate_blocks(blocks: object) -> tuple[Fault, ...]:
    """The same for the blocks of a message alone, with pointers under `/blocks`."""
    return validate_message({"text": "-", "blocks": blocks})


def validate_view(view: Mapping[str, object]) -> tuple[Fault, ...]:
    """What Slack would refuse in a view, in reading order; nothing if it would take it.

    Args:
        view: The `view` argument of `views.open`, `push`, `update` or `publish`.

    Source: docs.slack.dev, "Views".
    """
    kind = view.get("type")
    reading = Reading(surface=kind if isinstance(kind, str) else "modal")
    reading.one_of(kind, "/type", "view type", ("home", "modal"))
    for key in view:
        if key not in _VIEW_FIELDS:
            reading.fault(f"/{key}", f"{key} is not a field of a view"[:120])
    _blocks(reading, view.get("blocks"), limits.VIEW_BLOCKS)
    if kind == "modal":
        _modal(reading, view)
    for key in ("callback_id", "external_id"):
        reading.optional_string(view, key, "", most=limits.IDENTIFIER)
    reading.optional_string(view, "private_metadata", "", most=limits.PRIVATE_METADATA)
    if (size := len(json.dumps(view, default=str).encode())) > limits.VIEW_BYTES:
        reading.fault("", f"the view has {size} bytes; at most {limits.VIEW_BYTES} are allowed")
    return tuple(reading.faults)


def _modal(reading: Reading, view: Mapping[str, object]) -> None:
    for key in ("title", "submit", "close"):
        if key == "title" or view.get(key) is not None:
            text_object(
                reading, view.get(key), f"/{key}", key, most=limits.VIEW_TITLE, kinds=_PLAIN
            )
    held = view.get("blocks")
    asks = isinstance(held, list) and any(
        isinstance(item, Mapping) and item.get("type") == "input" for item in held
    )
    if asks and view.get("submit") is None:
        reading.fault("/submit", "a modal with input blocks needs a submit button")


def _blocks(reading: Reading, held: object, most: int) -> None:
    for index, item in enumerate(reading.array(held, "/blocks", "blocks", least=0, most=most)):
        block(reading, item, f"/blocks/{index}")


def _attachments(reading: Reading, attached: list[object]) -> None:
    if len(attached) > limits.ATTACHMENTS:
        reading.fault(
            "/attachments",
            f"attachments holds {len(attached)} items; at most {limits.ATTACHMENTS} are allowed",
            Breach.ATTACHMENTS,
        )
    for index, item in enumerate(attached):
        inner = item.get("blocks") if isinstance(item, Mapping) else None
        if isinstance(inner, list):
            for number, nested in enumerate(inner):
                block(reading, nested, f"/attachments/{index}/blocks/{number}")
