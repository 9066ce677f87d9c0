"""The same blocks for a Slack that does not know the newest: without colours, menus and containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.blockkit import Block

_KNOWN: Final = frozenset(
    ("actions", "context", "divider", "header", "image", "input", "rich_text", "section")
)
"""Blocks that every workspace has had for years."""
_NEW_FIELDS: Final = {"rich_text_preformatted": ("language",), "header": ("level",)}


def older(blocks: Sequence[Block]) -> list[Block]:
    """Unwrap containers, leave out what is new, and drop fields that an older Slack refuses."""
    return [_plain(block) for block in _unwrapped(blocks)]


def _unwrapped(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        inner = block.get("child_blocks")
        if block.get("type") in _KNOWN:
            yield block
        elif isinstance(inner, list):
            yield from _unwrapped(inner)


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    dropped = _NEW_FIELDS.get(str(node.get("type")), ())
    return {key: _plain(value) for key, value in node.items() if key not in dropped}
