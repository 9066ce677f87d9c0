"""Builders of what people fill in: selects, tick-boxes and text fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from handlers.blockkit import limits
from handlers.blockkit.fitting import exact, plain, with_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blockkit import Block

Choice: TypeAlias = tuple[str, str]
"""An option: the text that people see (75 characters) and the value that comes back (150)."""


def static_select(
    action_id: str,
    placeholder: str,
    choices: Sequence[Choice],
    *,
    chosen: str | None = None,
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
        "action_id": exact(action_id, limits.IDENTIFIER, "action_id"),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "options": options,
    }
    if chosen is not None:
        built["initial_option"] = options[values.index(chosen)]
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
        "action_id": exact(action_id, limits.IDENTIFIER, "action_id"),
        "multiline": multiline,
        "max_length": max_length,
    }
    if placeholder is not None:
        element["placeholder"] = plain(placeholder, limits.PLACEHOLDER)
    if initial is not None:
        element["initial_value"] = exact(initial, max_length, "initial value")
    return labelled(label, element, block_id=block_id, hint=hint, optional=optional)


def labelled(
    label: str,
    element: Block,
    *,
    block_id: str,
    hint: str | None = None,
    optional: bool = False,
) -> Block:
    """An input block: a label (2,000 characters) over a select, tick-boxes or a text field."""
    built: Block = {
        "type": "input",
        "label": plain(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint is not None:
        built["hint"] = plain(hint, limits.INPUT_LABEL)
    return with_id(built, block_id)


def _option(text: str, value: str) -> Block:
    return {
        "text": plain(text, limits.OPTION_TEXT),
        "value": exact(value, limits.OPTION_VALUE, "option value"),
    }
