"""Builders of blocks that keep Slack's limits: what is too long is cut, and the cut is seen.

Identifiers and button values are never cut, since a cut identifier is another identifier: one that is
too long is an error of ours and raises ValueError. The same holds for too many elements in one block.
Views give plain dicts, because slack_sdk's models drop fields that are newer than they are.

Source: docs.slack.dev, "Block Kit reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from handlers.blockkit import limits
from handlers.blockkit.escape import clip, clip_mrkdwn, escape
from handlers.blockkit.measure import characters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.blockkit import Block

__all__ = [
    "Choice",
    "Style",
    "actions",
    "bullets",
    "button",
    "confirm",
    "context",
    "divider",
    "escape",
    "fields",
    "fit_message",
    "header",
    "home",
    "input_text",
    "link",
    "modal",
    "paragraph",
    "preformatted",
    "quote",
    "rich_text",
    "run",
    "section",
    "static_select",
]

Style: TypeAlias = Literal["primary", "danger"]
Choice: TypeAlias = tuple[str, str]
"""An option: the text that people see (75 characters) and the value that comes back (150)."""


def header(text: str, *, block_id: str | None = None) -> Block:
    """A heading in plain text, at most 150 characters."""
    return _with_id({"type": "header", "text": _plain(text, limits.HEADER_TEXT)}, block_id)


def section(mrkdwn: str, *, accessory: Block | None = None, block_id: str | None = None) -> Block:
    """A paragraph of mrkdwn, at most 3,000 characters. Pass what others wrote through `escape` first."""
    built: Block = {"type": "section", "text": _mrkdwn(mrkdwn, limits.SECTION_TEXT)}
    if accessory is not None:
        built["accessory"] = accessory
    return _with_id(built, block_id)


def fields(*mrkdwn: str, block_id: str | None = None) -> Block:
    """Up to ten short mrkdwn texts in two columns; the tenth tells of those that did not fit."""
    shown = [_mrkdwn(text, limits.SECTION_FIELD) for text in mrkdwn]
    if len(shown) > limits.SECTION_FIELDS:
        left_out = len(shown) - limits.SECTION_FIELDS + 1
        shown = [*shown[: limits.SECTION_FIELDS - 1], _mrkdwn(f"… ({left_out} more)", 100)]
    return _with_id({"type": "section", "fields": shown}, block_id)


def context(*mrkdwn: str, block_id: str | None = None) -> Block:
    """Up to ten small mrkdwn texts in a line; the tenth tells of those that did not fit."""
    shown = [_mrkdwn(text, limits.SECTION_FIELD) for text in mrkdwn]
    if len(shown) > limits.CONTEXT_ELEMENTS:
        left_out = len(shown) - limits.CONTEXT_ELEMENTS + 1
        shown = [*shown[: limits.CONTEXT_ELEMENTS - 1], _mrkdwn(f"… ({left_out} more)", 100)]
    return _with_id({"type": "context", "elements": shown}, block_id)


def divider(*, block_id: str | None = None) -> Block:
    """A line."""
    return _with_id({"type": "divider"}, block_id)


def actions(*elements: Block, block_id: str | None = None) -> Block:
    """Buttons and selects in a row.

    Raises:
        ValueError: For none or more than 25, or for two elements with one `action_id`.
    """
    if not 0 < len(elements) <= limits.ACTIONS_ELEMENTS:
        raise ValueError(
            f"an actions block holds 1 to {limits.ACTIONS_ELEMENTS} elements, not {len(elements)}"
        )
    names = [element.get("action_id") for element in elements]
    if len(set(names)) < len(names):
        raise ValueError(f"two elements of one actions block share an action_id: {names}")
    return _with_id({"type": "actions", "elements": list(elements)}, block_id)


def button(
    action_id: str,
    text: str,
    value: str | None = None,
    *,
    style: Style | None = None,
    confirm: Block | None = None,
    accessibility_label: str | None = None,
    url: str | None = None,
) -> Block:
    """A button. Its text is cut at 75 characters, `accessibility_label` (read aloud instead) too.

    Raises:
        ValueError: If `action_id` (255), `value` (2,000) or `url` (3,000) is too long.
    """
    built: Block = {
        "type": "button",
        "action_id": _exact(action_id, limits.IDENTIFIER, "action_id"),
        "text": _plain(text, limits.BUTTON_TEXT),
    }
    if value is not None:
        built["value"] = _exact(value, limits.BUTTON_VALUE, "button value")
    if url is not None:
        built["url"] = _exact(url, limits.URL, "button url")
    if style is not None:
        built["style"] = style
    if confirm is not None:
        built["confirm"] = confirm
    if accessibility_label is not None:
        built["accessibility_label"] = clip(accessibility_label, limits.ACCESSIBILITY_LABEL)
    return built


def confirm(
    title: str, text: str, *, yes: str, no: str = "Cancel", style: Style | None = None
) -> Block:
    """The question asked before a press counts. `text` is plain, at most 300 characters."""
    built: Block = {
        "title": _plain(title, limits.CONFIRM_TITLE),
        "text": _plain(text, limits.CONFIRM_TEXT),
        "confirm": _plain(yes, limits.CONFIRM_BUTTON),
        "deny": _plain(no, limits.CONFIRM_BUTTON),
    }
    if style is not None:
        built["style"] = style
    return built


def static_select(
    action_id: str,
    placeholder: str,
    choices: Sequence[Choice],
    *,
    chosen: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """A drop-down of up to 100 choices; `chosen` is the value selected at first.

    Raises:
        ValueError: For no choices, more than 100, two of one value, or a value over 150 characters.
    """
    values = [value for _, value in choices]
    if not 0 < len(values) <= limits.SELECT_OPTIONS or len(set(values)) < len(values):
        raise ValueError(
            f"a select needs 1 to {limits.SELECT_OPTIONS} choices of different values, not {len(values)}"
        )
    options = [_option(text, value) for text, value in choices]
    built: Block = {
        "type": "static_select",
        "action_id": _exact(action_id, limits.IDENTIFIER, "action_id"),
        "placeholder": _plain(placeholder, limits.PLACEHOLDER),
        "options": options,
    }
    if chosen is not None:
        built["initial_option"] = options[values.index(chosen)]
    if confirm is not None:
        built["confirm"] = confirm
    return built


def input_text(
    action_id: str,
    label: str,
    *,
    block_id: str,
    placeholder: str | None = None,
    initial: str | None = None,
    hint: str | None = None,
    multiline: bool = False,
    optional: bool = False,
    max_length: int = limits.INPUT_TEXT,
) -> Block:
    """A labelled text field of a modal, with at most `max_length` (3,000) characters.

    Raises:
        ValueError: If `max_length` is over 3,000, or `initial` is longer than it.
    """
    if max_length > limits.INPUT_TEXT:
        raise ValueError(f"a text field takes at most {limits.INPUT_TEXT} characters")
    element: Block = {
        "type": "plain_text_input",
        "action_id": _exact(action_id, limits.IDENTIFIER, "action_id"),
        "multiline": multiline,
        "max_length": max_length,
    }
    if placeholder is not None:
        element["placeholder"] = _plain(placeholder, limits.PLACEHOLDER)
    if initial is not None:
        element["initial_value"] = _exact(initial, max_length, "initial value")
    built: Block = {
        "type": "input",
        "label": _plain(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint is not None:
        built["hint"] = _plain(hint, limits.INPUT_LABEL)
    return _with_id(built, block_id)


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
    return {"type": "link", "url": _exact(url, limits.URL, "link url"), "text": text}


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
    return _with_id({"type": "rich_text", "elements": list(elements)}, block_id)


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
        "elements": [{"type": "text", "text": _clip_lines(text, limit) or " "}],
    }
    if language is not None:
        box["language"] = language
    return rich_text(box, block_id=block_id)


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    submit: str | None = None,
    close: str = "Close",
    private_metadata: str = "",
    notify_on_close: bool = False,
) -> Block:
    """A modal view of at most 100 blocks; title and buttons have 24 characters.

    Raises:
        ValueError: If `callback_id` (255) or `private_metadata` (3,000) is too long.
    """
    built: Block = {
        "type": "modal",
        "callback_id": _exact(callback_id, limits.IDENTIFIER, "callback_id"),
        "title": _plain(title, limits.VIEW_TITLE),
        "close": _plain(close, limits.VIEW_TITLE),
        "blocks": _capped(blocks, limits.VIEW_BLOCKS),
        "private_metadata": _exact(private_metadata, limits.PRIVATE_METADATA, "private_metadata"),
        "notify_on_close": notify_on_close,
    }
    if submit is not None:
        built["submit"] = _plain(submit, limits.VIEW_TITLE)
    return built


def home(blocks: Sequence[Block]) -> Block:
    """The view of the App Home tab, of at most 100 blocks."""
    return {"type": "home", "blocks": _capped(blocks, limits.VIEW_BLOCKS)}


def fit_message(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, fewer or shorter if one message cannot hold them: 50 blocks, 12,000 characters.

    Boxes of preformatted text give way first, the longest first; they carry logs and diffs, and the
    note in them says how much is missing. The blocks given are not changed.
    """
    fitted = _capped(blocks, limits.MESSAGE_BLOCKS)
    spared: set[int] = set()
    while (excess := characters(fitted) - limits.MESSAGE_BUDGET) > 0:
        sizes = {i: characters(b) for i, b in enumerate(fitted) if i not in spared and _is_box(b)}
        if not sizes:
            return _within_budget(fitted)
        longest = max(sizes, key=sizes.__getitem__)
        spared.add(longest)
        fitted[longest] = _shortened(fitted[longest], max(sizes[longest] - excess, 200))
    return fitted


def _within_budget(blocks: list[Block]) -> list[Block]:
    note = context("… (the rest does not fit into one message)")
    room = limits.MESSAGE_BUDGET - characters(note)
    kept: list[Block] = []
    for block in blocks:
        room -= characters(block)
        if room < 0:
            break
        kept.append(block)
    return [*kept[: limits.MESSAGE_BLOCKS - 1], note]


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
    cut = {**parts[0], "elements": [{"type": "text", "text": _clip_lines(text, limit)}]}
    return {**block, "elements": [cut]}


def _capped(blocks: Sequence[Block], most: int) -> list[Block]:
    if len(blocks) <= most:
        return list(blocks)
    left_out = len(blocks) - most + 1
    return [*blocks[: most - 1], context(f"… ({left_out} more blocks are not shown)")]


def _runs(runs: Sequence[str | Block]) -> list[Block]:
    return [run(item) if isinstance(item, str) else item for item in runs]


def _option(text: str, value: str) -> Block:
    return {
        "text": _plain(text, limits.OPTION_TEXT),
        "value": _exact(value, limits.OPTION_VALUE, "option value"),
    }


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(text, limit) or " ", "emoji": False}


def _mrkdwn(markup: str, limit: int) -> Block:
    return {"type": "mrkdwn", "text": clip_mrkdwn(markup, limit) or " ", "verbatim": True}


def _exact(text: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise ValueError(f"{what} has {len(text)} characters; Slack takes at most {limit}")
    return text


def _with_id(block: Block, block_id: str | None) -> Block:
    if block_id is not None:
        block["block_id"] = _exact(block_id, limits.IDENTIFIER, "block_id")
    return block


def _clip_lines(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    note = 40
    head = text[: max(limit - note, 0)]
    whole_lines = head.rfind("\n")
    if whole_lines > limit // 2:
        head = head[:whole_lines]
    return f"{head}\n… ({len(text) - len(head):,} more characters)"[:limit]
