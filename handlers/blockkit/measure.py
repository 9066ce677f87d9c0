"""Sizes and contents of a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def texts(node: object) -> Iterator[str]:
    """Every text that a reader sees anywhere under `node`, in reading order."""
    pending: list[object] = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, Mapping):
            text = here.get("text")
            if isinstance(text, str):
                yield text
            inner = [value for value in here.values() if isinstance(value, Mapping | list)]
            pending.extend(reversed(inner))
        elif isinstance(here, list):
            pending.extend(reversed(here))


def characters(blocks: object) -> int:
    """How many characters of text the blocks hold, nested ones included."""
    return sum(map(len, texts(blocks)))


def has_rich_text(blocks: object) -> bool:
    """Whether a `rich_text` block stands among the blocks.

    A message that has one cannot be updated to one that has none: `block_mismatch`.
    Source: docs.slack.dev, `chat.update`, "Errors".
    """
    return isinstance(blocks, list) and any(
        isinstance(block, Mapping) and block.get("type") == "rich_text" for block in blocks
    )
