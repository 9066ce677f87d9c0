"""Cutting what is too long or too much, so that the cut is seen and the payload is taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from handlers.blockkit import limits
from handlers.blockkit.escape import clip, clip_mrkdwn
from handlers.blockkit.measure import characters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blockkit import Block

_SMALLEST_BOX: Final = 200
_NOTE: Final = 40
_VIEW_MARGIN: Final = 8_000
"""Bytes for a view's title, buttons, metadata and the identifiers that Slack adds."""


def fit_message(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, fewer or shorter if one message cannot hold them: 50 blocks, 12,000 characters.

    Boxes of preformatted text give way first, the longest first; they carry logs and diffs, and the
    note in them says how much is missing. The blocks given are not changed.
    """
    fitted = capped(blocks, limits.MESSAGE_BLOCKS)
    spared: set[int] = set()
    while (excess := characters(fitted) - limits.MESSAGE_BUDGET) > 0:
        sizes = {i: characters(b) for i, b in enumerate(fitted) if i not in spared and _is_box(b)}
        if not sizes:
            return _within_budget(fitted)
        longest = max(sizes, key=sizes.__getitem__)
        spared.add(longest)
        fitted[longest] = _shortened(fitted[longest], max(sizes[longest] - excess, _SMALLEST_BOX))
    return fitted


def fit_view(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, fewer if one view cannot hold them: 100 blocks, 250,000 bytes of JSON."""
    fitted = capped(blocks, limits.VIEW_BLOCKS)
    room = limits.VIEW_BYTES - _VIEW_MARGIN
    for number, block in enumerate(fitted):
        room -= len(json.dumps(block).encode()) + 2
        if room < 0:
            return [*fitted[:number], note("… (the rest does not fit into one view)")]
    return fitted


def capped(blocks: Sequence[Block], most: int) -> list[Block]:
    """At most `most` blocks; the last tells of those that are not there."""
    if len(blocks) <= most:
        return list(blocks)
    left_out = len(blocks) - most + 1
    return [*blocks[: most - 1], note(f"… ({left_out} more blocks are not shown)")]


def note(words: str) -> Block:
    """A small line in our own words."""
    return {"type": "context", "elements": [mrkdwn(words, limits.SECTION_FIELD)]}


def plain(text: str, limit: int) -> Block:
    """A `plain_text` object; its text is never empty, since Slack refuses that."""
    return {"type": "plain_text", "text": clip(text, limit) or " ", "emoji": False}


def mrkdwn(markup: str, limit: int) -> Block:
    """A `mrkdwn` object that links nothing by itself."""
    return {"type": "mrkdwn", "text": clip_mrkdwn(markup, limit) or " ", "verbatim": True}


def exact(text: str, limit: int, what: str) -> str:
    """The text, which must not be cut.

    Raises:
        ValueError: If it is longer than `limit`.
    """
    if len(text) > limit:
        raise ValueError(f"{what} has {len(text)} characters; Slack takes at most {limit}")
    return text


def with_id(block: Block, block_id: str | None) -> Block:
    """The block with its identifier, if it has one."""
    if block_id is not None:
        block["block_id"] = exact(block_id, limits.IDENTIFIER, "block_id")
    return block


def clip_lines(text: str, limit: int) -> str:
    """Cut text to `limit` characters at a line's end if one is near, saying how much is missing."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - _NOTE, 0)]
    whole_lines = head.rfind("\n")
    if whole_lines > limit // 2:
        head = head[:whole_lines]
    return f"{head}\n… ({len(text) - len(head):,} more characters)"[:limit]


def _within_budget(blocks: list[Block]) -> list[Block]:
    """As many blocks as there is room for, the first that is too big cut short if it can be."""
    last = note("… (the rest does not fit into one message)")
    room = limits.MESSAGE_BUDGET - characters(last)
    kept: list[Block] = []
    for block in blocks:
        size = characters(block)
        if size > room:
            if block.get("type") == "rich_text" and room > _SMALLEST_BOX:
                kept.append(_runs_cut(block, room))
            break
        room -= size
        kept.append(block)
    return [*kept[: limits.MESSAGE_BLOCKS - 1], last]


def _runs_cut(block: Block, room: int) -> Block:
    """A rich text block's runs up to `room` characters: a message that had one must keep one."""

    def cut(node: object) -> object:
        nonlocal room
        if isinstance(node, list):
            return [kept for kept in map(cut, node) if kept is not None]
        if not isinstance(node, dict):
            return node
        if isinstance(text := node.get("text"), str):
            if room <= 0:
                return None
            kept = clip_lines(text, room)
            room -= len(text)
            return {**node, "text": kept or " "}
        return {key: cut(value) for key, value in node.items()}

    made = cut(block)
    assert isinstance(made, dict)
    return made


def _is_box(block: Block) -> bool:
    parts = block.get("elements")
    return (
        block.get("type") == "rich_text"
        and isinstance(parts, list)
        and len(parts) == 1
        and parts[0].get("type") == "rich_text_preformatted"
        and len(parts[0]["elements"]) == 1
    )


def _shortened(block: Block, limit: int) -> Block:
    parts = block["elements"]
    assert isinstance(parts, list)
    text = parts[0]["elements"][0]["text"]
    cut = {**parts[0], "elements": [{"type": "text", "text": clip_lines(text, limit)}]}
    return {**block, "elements": [cut]}
