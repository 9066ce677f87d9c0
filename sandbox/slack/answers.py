"""What people chose or typed, in the form in which Slack hands it to the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from sandbox.slack.people import Json

Answer: TypeAlias = str | Sequence[str]
Filled: TypeAlias = Mapping[str, Mapping[str, Answer]]
"""Block ID, then action ID, then the text, the chosen value or the chosen values."""

_ONE: Final = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_INITIAL: Final = {
    "plain_text_input": "initial_value",
    "users_select": "initial_user",
    "conversations_select": "initial_conversation",
    "channels_select": "initial_channel",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
}
_TYPED: Final = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
)
_CHOICE: Final = frozenset({"static_select", "radio_buttons", "overflow", "external_select"})


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element with its block's ID, those in containers and cards too."""
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        inputs = [block.get("element"), block.get("accessory")]
        held = block.get("elements")
        inputs += held if isinstance(held, list) else []
        held = block.get("actions")
        inputs += held if isinstance(held, list) else []
        for element in inputs:
            if isinstance(element, dict) and "action_id" in element:
                yield block_id, element
        for key in ("child_blocks", "blocks"):
            if isinstance(inner := block.get(key), list):
                yield from elements(inner)


def answered(element: Json, given: Answer | None) -> Json:
    """The state of one element: what was given, else what it began with.

    Raises:
        ValueError: If the value given is none of its options.
    """
    kind = str(element.get("type"))
    if kind in _TYPED:
        value = given if given is not None else element.get("initial_value")
        return {"type": kind, "value": value or None}
    if kind in _CHOICE:
        chosen = element.get("initial_option") if given is None else _option(element, str(given))
        return {"type": kind, "selected_option": chosen}
    if kind in {"checkboxes", "multi_static_select"}:
        several = element.get("initial_options", []) if given is None else _options(element, given)
        return {"type": kind, "selected_options": several}
    if kind in _ONE:
        value = given if given is not None else element.get(_INITIAL[kind])
        return {"type": kind, _ONE[kind]: value or None}
    return {"type": kind, "value": given}


def state(blocks: Sequence[Json], filled: Filled) -> Json:
    """`state` of a view or a message: everything that can hold an answer.

    Raises:
        ValueError: If a value given is none of its element's options.
    """
    values: dict[str, dict[str, Any]] = {}
    for block_id, element in elements(blocks):
        if element.get("type") in {"button", "overflow", "image", "workflow_button"}:
            continue
        given = filled.get(block_id, {}).get(element["action_id"])
        values.setdefault(block_id, {})[element["action_id"]] = answered(element, given)
    return {"values": values}


def unanswered(blocks: Sequence[Json], held: Json) -> dict[str, str]:
    """The required inputs without an answer: the client refuses these before it asks the app."""
    missing = {}
    for block in blocks:
        if block.get("type") != "input" or block.get("optional"):
            continue
        element = block["element"]
        answer = held["values"].get(block["block_id"], {}).get(element["action_id"], {})
        if not any(value for key, value in answer.items() if key != "type"):
            missing[block["block_id"]] = "Please complete this required field."
    return missing


def _options(element: Json, given: Answer) -> list[Json | None]:
    values = [given] if isinstance(given, str) else list(given)
    return [_option(element, value) for value in values if value]


def _option(element: Json, value: str) -> Json | None:
    if not value:
        return None
    options = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        options += group.get("options", ())
    for option in options:
        if option.get("value") == value:
            return dict(option)
    raise ValueError(f"{value!r} is not one of the options of {element.get('action_id')}"[:300])
