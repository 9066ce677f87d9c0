"""Builders of rich text: literal words, so nothing in them is markup, a link or a mention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blockkit import limits
from handlers.blockkit.fitting import clip_lines, exact, with_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.blockkit import Block


def run(
    text: str, *, bold: bool = False, italic: bool = False, code: bool = False, strike: bool = False
) -> Block:
    """A run of literal text inside a paragraph. Needs no escaping: rich text has no markup."""
    style = {
        name: True
        for name, on in (("bold", bold), ("italic", italic), ("code", code), ("strike", strike))
        if on
    }
    built: Block = {"type": "text", "text": text or " "}
    if style:
        built["style"] = style
    return built


def link(url: str, text: str) -> Block:
    """A link inside a paragraph; for addresses of our own only, never for one that was pasted."""
    return {"type": "link", "url": exact(url, limits.URL, "link url"), "text": text}


def paragraph(*runs: str | Block) -> Block:
    """Runs in a row; a str is a run without style."""
    return {"type": "rich_text_section", "elements": _runs(runs)}


def quote(*runs: str | Block) -> Block:
    """The same with a bar at its left."""
    return {"type": "rich_text_quote", "elements": _runs(runs)}


def bullets(items: Iterable[Sequence[str | Block] | str], *, ordered: bool = False) -> Block:
    """A list; each item is a text, or runs in a row."""
    return {
        "type": "rich_text_list",
        "style": "ordered" if ordered else "bullet",
        "elements": [
            paragraph(item) if isinstance(item, str) else paragraph(*item) for item in items
        ],
    }


def rich_text(*elements: Block, block_id: str | None = None) -> Block:
    """A block of paragraphs, quotes and lists.

    Raises:
        ValueError: If there is no element.
    """
    if not elements:
        raise ValueError("a rich_text block needs at least one paragraph, quote or list")
    return with_id({"type": "rich_text", "elements": list(elements)}, block_id)


def preformatted(
    text: str,
    *,
    language: str | None = None,
    block_id: str | None = None,
    limit: int = limits.SECTION_TEXT,
) -> Block:
    """Literal text in a fixed-width box, cut to `limit` characters at a line's end.

    Args:
        text: Shown as it is; nothing in it is markup, a link or a mention.
        language: What Slack colours it as, such as `json` or `diff`.
        block_id: The block's identifier, if it needs one.
        limit: The number of characters to keep, the note about the cut included.
    """
    box: Block = {
        "type": "rich_text_preformatted",
        "border": 0,
        "elements": [{"type": "text", "text": clip_lines(text, limit) or " "}],
    }
    if language is not None:
        box["language"] = language
    return rich_text(box, block_id=block_id)


def _runs(runs: Sequence[str | Block]) -> list[Block]:
    return [run(item) if isinstance(item, str) else item for item in runs]
