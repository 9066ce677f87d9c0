"""Composition objects: texts, options, confirmation dialogs.

Source: docs.slack.dev, "Block Kit reference", "Composition objects".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.blockkit import limits
from handlers.blockkit.fields import CONFIRM_FIELDS, OPTION_FIELDS, only

if TYPE_CHECKING:
    from handlers.blockkit.reading import Node, Reading

PLAIN: Final = frozenset({"plain_text"})
ANY_TEXT: Final = frozenset({"plain_text", "mrkdwn"})


def text_object(
    reading: Reading,
    value: object,
    pointer: str,
    what: str,
    *,
    most: int,
    kinds: frozenset[str] = ANY_TEXT,
) -> None:
    """A `plain_text` or `mrkdwn` object of 1 to `most` characters."""
    node = reading.node(value, pointer, what)
    if node is None:
        return
    if reading.one_of(node.get("type"), f"{pointer}/type", f"{what}'s type", kinds):
        own = "emoji" if node["type"] == "plain_text" else "verbatim"
        only(reading, node, pointer, frozenset({"type", "text", own}))
    reading.string(node.get("text"), f"{pointer}/text", what, most=most)


def optional_text(
    reading: Reading,
    node: Node,
    key: str,
    pointer: str,
    *,
    most: int,
    kinds: frozenset[str] = PLAIN,
) -> None:
    """A text object in a field that may be missing."""
    if key in node:
        text_object(reading, node[key], f"{pointer}/{key}", key, most=most, kinds=kinds)


def confirm(reading: Reading, node: Node, pointer: str) -> None:
    """The confirmation dialog of an element, if it has one."""
    if "confirm" not in node:
        return
    at = f"{pointer}/confirm"
    dialog = reading.node(node["confirm"], at, "confirm")
    if dialog is None:
        return
    only(reading, dialog, at, CONFIRM_FIELDS)
    for key, most in (
        ("title", limits.CONFIRM_TITLE),
        ("text", limits.CONFIRM_TEXT),
        ("confirm", limits.CONFIRM_BUTTON),
        ("deny", limits.CONFIRM_BUTTON),
    ):
        kinds = ANY_TEXT if key == "text" else PLAIN
        text_object(reading, dialog.get(key), f"{at}/{key}", key, most=most, kinds=kinds)
    if "style" in dialog:
        reading.one_of(dialog["style"], f"{at}/style", "style", ("primary", "danger"))


def options(
    reading: Reading, value: object, pointer: str, *, most: int, kinds: frozenset[str] = PLAIN
) -> None:
    """A list of options, each with a text and a value that is unique in the list."""
    values: set[str] = set()
    for index, item in enumerate(reading.array(value, pointer, "options", most=most)):
        at = f"{pointer}/{index}"
        option = reading.node(item, at, "option")
        if option is None:
            continue
        only(reading, option, at, OPTION_FIELDS)
        text_object(
            reading, option.get("text"), f"{at}/text", "text", most=limits.OPTION_TEXT, kinds=kinds
        )
        held = reading.string(option.get("value"), f"{at}/value", "value", most=limits.OPTION_VALUE)
        if held is not None and held in values:
            reading.fault(f"{at}/value", f"value {held!r} is used by two options")
        values.add(held or "")
        optional_text(reading, option, "description", at, most=limits.OPTION_TEXT, kinds=ANY_TEXT)
