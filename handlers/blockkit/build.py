"""Builders of blocks that keep Slack's limits: what is too long is cut, and the cut is seen.

Identifiers and button values are never cut, since a cut identifier is another identifier: one that is
too long is an error of ours and raises ValueError. The same holds for too many elements in one block.
Views give plain dicts, because slack_sdk's models drop fields that are newer than they are.

Source: docs.slack.dev, "Block Kit reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from diagnostics.languages import speak
from handlers.blockkit import limits
from handlers.blockkit.escape import clip, escape
from handlers.blockkit.fitting import (
    exact,
    fit_message,
    fit_view,
    mrkdwn,
    plain,
    with_id,
)
from handlers.blockkit.inputs import Choice, input_text, labelled, static_select
from handlers.blockkit.prose import (
    bullets,
    link,
    paragraph,
    preformatted,
    quote,
    rich_text,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blockkit import Block

__all__ = [
    "Choice",
    "Style",
    "actions",
    "bullets",
    "button",
    "context",
    "divider",
    "escape",
    "fields",
    "fit_message",
    "header",
    "home",
    "input_text",
    "labelled",
    "link",
    "modal",
    "overflow",
    "paragraph",
    "preformatted",
    "quote",
    "rich_text",
    "run",
    "section",
    "static_select",
]

Style: TypeAlias = Literal["primary", "danger"]


def header(text: str, *, block_id: str | None = None) -> Block:
    """A heading in plain text, at most 150 characters."""
    return with_id({"type": "header", "text": plain(text, limits.HEADER_TEXT)}, block_id)


def section(markup: str, *, accessory: Block | None = None, block_id: str | None = None) -> Block:
    """A paragraph of mrkdwn, at most 3,000 characters. Pass what others wrote through `escape` first."""
    built: Block = {"type": "section", "text": mrkdwn(markup, limits.SECTION_TEXT)}
    if accessory is not None:
        built["accessory"] = accessory
    return with_id(built, block_id)


def fields(*markup: str, block_id: str | None = None) -> Block:
    """Up to ten short mrkdwn texts in two columns; the tenth tells of those that did not fit.

    Raises:
        ValueError: For none.
    """
    if not markup:
        raise ValueError("a section needs at least one field")
    return with_id({"type": "section", "fields": _up_to(limits.SECTION_FIELDS, markup)}, block_id)


def context(*markup: str, block_id: str | None = None) -> Block:
    """Up to ten small mrkdwn texts in a line; the tenth tells of those that did not fit.

    Raises:
        ValueError: For none.
    """
    if not markup:
        raise ValueError("a context block needs at least one text")
    return with_id(
        {"type": "context", "elements": _up_to(limits.CONTEXT_ELEMENTS, markup)}, block_id
    )


def divider(*, block_id: str | None = None) -> Block:
    """A line."""
    return with_id({"type": "divider"}, block_id)


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
    return with_id({"type": "actions", "elements": list(elements)}, block_id)


def button(
    action_id: str,
    text: str,
    value: str | None = None,
    *,
    style: Style | None = None,
    accessibility_label: str | None = None,
    url: str | None = None,
) -> Block:
    """A button. Its text is cut at 75 characters, `accessibility_label` (read aloud instead) too.

    Raises:
        ValueError: If `action_id` (255), `value` (2,000) or `url` (3,000) is too long.
    """
    built: Block = {
        "type": "button",
        "action_id": exact(action_id, limits.IDENTIFIER, "action_id"),
        "text": plain(text, limits.BUTTON_TEXT),
    }
    if value is not None:
        built["value"] = exact(value, limits.BUTTON_VALUE, "button value")
    if url is not None:
        built["url"] = exact(url, limits.URL, "button url")
    if style is not None:
        built["style"] = style
    if accessibility_label is not None:
        built["accessibility_label"] = clip(accessibility_label, limits.ACCESSIBILITY_LABEL)
    return built


def overflow(action_id: str, choices: Sequence[Choice]) -> Block:
    """A menu behind three dots, of up to five choices; none of them is chosen at first.

    Raises:
        ValueError: For no choices, more than five, two of one value, or a value over 150 characters.
    """
    if not 0 < len(choices) <= limits.OVERFLOW_OPTIONS:
        raise ValueError(f"a menu holds 1 to {limits.OVERFLOW_OPTIONS} choices, not {len(choices)}")
    select = static_select(action_id, "More", choices)
    return {"type": "overflow", "action_id": select["action_id"], "options": select["options"]}


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
        ValueError: If `callback_id` (255) or `private_metadata` (3,000) is too long, or if there are
            inputs and no submit button.
    """
    if submit is None and any(block.get("type") == "input" for block in blocks):
        raise ValueError("a modal with inputs needs a submit button")
    built: Block = {
        "type": "modal",
        "callback_id": exact(callback_id, limits.IDENTIFIER, "callback_id"),
        "title": plain(title, limits.VIEW_TITLE),
        "close": plain(close, limits.VIEW_TITLE),
        "blocks": fit_view(blocks),
        "private_metadata": exact(private_metadata, limits.PRIVATE_METADATA, "private_metadata"),
        "notify_on_close": notify_on_close,
    }
    if submit is not None:
        built["submit"] = plain(submit, limits.VIEW_TITLE)
    return built


def home(blocks: Sequence[Block]) -> Block:
    """The view of the App Home tab, of at most 100 blocks."""
    return {"type": "home", "blocks": fit_view(blocks)}


def _up_to(most: int, markup: Sequence[str]) -> list[Block]:
    """Small mrkdwn texts; where there are too many, the last place tells how many are left out."""
    shown = [mrkdwn(text, limits.SECTION_FIELD) for text in markup]
    if len(shown) > most:
        left_out = len(shown) - most + 1
        more = speak("{count} more", count=left_out)
        shown = [*shown[: most - 1], mrkdwn(f"… ({more})", 100)]
    return shown
