"""The inside of a `rich_text` block.

Source: docs.slack.dev, "Block Kit reference", "Rich text block".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.blockkit import limits

if TYPE_CHECKING:
    from handlers.blockkit.reading import Node, Reading

_CONTAINERS: Final = frozenset(
    {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
)
_INLINE: Final[dict[str, str]] = {
    "text": "text",
    "link": "url",
    "emoji": "name",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "broadcast": "range",
    "date": "timestamp",
    "color": "value",
    "team": "team_id",
}
"""Inline elements, each with the field it cannot be without."""
_STYLES: Final = frozenset(
    {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
)
_MANY: Final = 10_000
_DEEPEST_LIST: Final = 8


def rich_text(reading: Reading, node: Node, at: str) -> None:
    """Sections, lists, quotes and preformatted texts, and the runs in them."""
    items = reading.array(node.get("elements"), f"{at}/elements", "elements", most=_MANY)
    for index, item in enumerate(items):
        here = f"{at}/elements/{index}"
        part = reading.node(item, here, "rich text element")
        if part is None:
            continue
        if not reading.one_of(part.get("type"), f"{here}/type", "rich text element", _CONTAINERS):
            continue
        _container(reading, part, here)


def _container(reading: Reading, part: Node, here: str) -> None:
    kind = part["type"]
    inner = reading.array(part.get("elements"), f"{here}/elements", "elements", least=0, most=_MANY)
    if kind == "rich_text_list":
        _list(reading, part, inner, here)
        return
    if "border" in part and part["border"] not in (0, 1):
        reading.fault(f"{here}/border", "border must be 0 or 1")
    if kind == "rich_text_preformatted":
        reading.optional_string(part, "language", here, most=limits.IDENTIFIER, least=1)
    allowed = {"text", "link"} if kind == "rich_text_preformatted" else _INLINE.keys()
    for number, item in enumerate(inner):
        _run(reading, item, f"{here}/elements/{number}", frozenset(allowed))


def _list(reading: Reading, part: Node, inner: list[object], here: str) -> None:
    reading.one_of(part.get("style"), f"{here}/style", "style", ("bullet", "ordered"))
    indent = part.get("indent", 0)
    if not isinstance(indent, int) or not 0 <= indent <= _DEEPEST_LIST:
        reading.fault(f"{here}/indent", f"indent must be a number from 0 to {_DEEPEST_LIST}")
    for number, item in enumerate(inner):
        at = f"{here}/elements/{number}"
        entry = reading.node(item, at, "list item")
        if entry is not None and reading.one_of(
            entry.get("type"), f"{at}/type", "list item", ("rich_text_section",)
        ):
            _container(reading, entry, at)


def _run(reading: Reading, item: object, at: str, allowed: frozenset[str]) -> None:
    run = reading.node(item, at, "rich text run")
    if run is None or not reading.one_of(run.get("type"), f"{at}/type", "run", allowed):
        return
    needed = _INLINE[str(run["type"])]
    if needed == "timestamp":
        if not isinstance(run.get(needed), int):
            reading.fault(f"{at}/{needed}", "timestamp must be a number of seconds")
    else:
        reading.string(run.get(needed), f"{at}/{needed}", needed, most=_MANY * 4)
    if "style" in run and (style := reading.node(run["style"], f"{at}/style", "style")):
        for name, flag in style.items():
            if reading.one_of(name, f"{at}/style", "style", _STYLES) and not isinstance(flag, bool):
                reading.fault(f"{at}/style/{name}", f"{name} must be true or false")
