"""Block Kit to plain text: every block that holds words, known or not.

Source: Slack, "Reference: blocks" and "Rich text block". A type that is not known is walked for its content keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handlers.paste.reading.untrusted import ITEMS, Node, nodes_at, text_at

DEPTH = 12
"""Levels of nesting that are read."""

# What holds words, in reading order; all else (ids, actions, addresses of images) does not.
_CONTENT = ("title", "subtitle", "header", "text", "body", "markdown", "fields", "elements", "blocks", "rows",
            "columns", "content", "items", "children", "description", "value", "caption", "footer")  # fmt: skip
_BLOCKS_OF_LINES = frozenset(("rich_text_preformatted", "rich_text_quote", "rich_text_list"))


def block_lines(block: Node, depth: int = 0) -> Iterator[str]:
    """Read a block, one text per line or paragraph."""
    if depth > DEPTH:
        return
    kind = text_at(block, "type")
    if kind == "rich_text":
        for element in nodes_at(block, "elements"):
            yield from _rich(element, depth + 1)
    elif kind in {"rich_text_section", *_BLOCKS_OF_LINES}:
        yield from _rich(block, depth)
    elif kind == "table":
        yield from _table(block, depth)
    elif kind in {"mrkdwn", "plain_text", "raw_text"}:
        yield text_at(block, "text")
    else:
        yield from _walk(block, depth)


def _walk(node: Node, depth: int) -> Iterator[str]:
    for key in _CONTENT:
        value = node.get(key)
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from block_lines(value, depth + 1)
        elif isinstance(value, list):
            yield from _each(value, depth + 1)


def _each(values: list[object], depth: int) -> Iterator[str]:
    if depth > DEPTH:
        return
    for value in values[:ITEMS]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from block_lines(value, depth)
        elif isinstance(value, list):
            yield from _each(value, depth + 1)


def _rich(element: Node, depth: int) -> Iterator[str]:
    """Read an element of rich text: its inline parts stand on one line, lists one item a line."""
    if depth > DEPTH:
        return
    if text_at(element, "type") == "rich_text_list":
        for item in nodes_at(element, "elements"):
            yield from _rich(item, depth + 1)
        return
    yield "".join(_inline(part, depth + 1) for part in nodes_at(element, "elements"))


def _inline(part: Node, depth: int) -> str:
    kind = text_at(part, "type")
    if kind == "link":
        url, label = text_at(part, "url"), text_at(part, "text")
        return label if label and label in url else url
    if kind == "date":
        return text_at(part, "fallback")
    if kind in {"emoji", "user", "usergroup", "channel", "team", "broadcast", "color"}:
        return " "
    if "elements" in part:
        return "\n".join(_rich(part, depth))
    return text_at(part, "text")


def _table(block: Node, depth: int) -> Iterator[str]:
    rows = block.get("rows")
    for row in rows[:ITEMS] if isinstance(rows, list) else ():
        if isinstance(row, list):
            cells = (
                " ".join(block_lines(c, depth + 1)) for c in row[:ITEMS] if isinstance(c, Mapping)
            )
            yield " ".join(cells)
