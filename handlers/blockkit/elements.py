"""Interactive elements: buttons, selects, inputs, and in which blocks each may stand.

Source: docs.slack.dev, "Block Kit reference", "Block elements".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from handlers.blockkit import limits
from handlers.blockkit.composition import ANY_TEXT, confirm, optional_text, options, text_object
from handlers.blockkit.fields import ELEMENT_FIELDS, only
from handlers.blockkit.reading import Node, Reading

Rule: TypeAlias = Callable[[Reading, Node, str], None]

_ENTITY_SELECTS: Final = ("users_select", "conversations_select", "channels_select")
_PICKERS: Final = ("datepicker", "timepicker", "datetimepicker")


def _button(reading: Reading, node: Node, at: str) -> None:
    text_object(
        reading,
        node.get("text"),
        f"{at}/text",
        "text",
        most=limits.BUTTON_TEXT,
        kinds=frozenset({"plain_text"}),
    )
    reading.optional_string(node, "value", at, most=limits.BUTTON_VALUE)
    reading.optional_string(node, "url", at, most=limits.URL, least=1)
    reading.optional_string(node, "accessibility_label", at, most=limits.ACCESSIBILITY_LABEL)
    if "style" in node:
        reading.one_of(node["style"], f"{at}/style", "style", ("primary", "danger"))


def _static_select(reading: Reading, node: Node, at: str) -> None:
    if "option_groups" in node:
        groups = reading.array(
            node["option_groups"],
            f"{at}/option_groups",
            "option_groups",
            most=limits.SELECT_OPTIONS,
        )
        for index, item in enumerate(groups):
            here = f"{at}/option_groups/{index}"
            if (group := reading.node(item, here, "option group")) is not None:
                optional_text(reading, group, "label", here, most=limits.OPTION_TEXT)
                options(
                    reading,
                    group.get("options"),
                    f"{here}/options",
                    most=limits.SELECT_OPTIONS,
                )
    else:
        options(reading, node.get("options"), f"{at}/options", most=limits.SELECT_OPTIONS)
    _initial(reading, node, at)


def _initial(reading: Reading, node: Node, at: str) -> None:
    """What is chosen at first must be one of the options, word for word."""
    offered = node.get("options")
    held = list(offered) if isinstance(offered, list) else []
    groups = node.get("option_groups")
    for group in groups if isinstance(groups, list) else ():
        inner = group.get("options") if isinstance(group, Mapping) else None
        held += inner if isinstance(inner, list) else []
    if "initial_option" in node and node["initial_option"] not in held:
        reading.fault(f"{at}/initial_option", "initial_option is not one of the options")
    chosen = node.get("initial_options", ())
    if "initial_options" in node and not isinstance(chosen, list):
        reading.fault(f"{at}/initial_options", "initial_options must be an array")
    elif isinstance(chosen, list) and any(
        item not in held[: limits.SELECT_OPTIONS] for item in chosen[: limits.SELECT_OPTIONS]
    ):
        reading.fault(f"{at}/initial_options", "initial_options holds what is no option")


def _choices(most: int, kinds: frozenset[str]) -> Rule:
    def rule(reading: Reading, node: Node, at: str) -> None:
        options(reading, node.get("options"), f"{at}/options", most=most, kinds=kinds)
        _initial(reading, node, at)

    return rule


def _plain_text_input(reading: Reading, node: Node, at: str) -> None:
    reading.optional_string(node, "initial_value", at, most=limits.INPUT_TEXT)
    for key in ("min_length", "max_length"):
        bound = node.get(key, 1)
        if not isinstance(bound, int) or not 0 <= bound <= limits.INPUT_TEXT:
            reading.fault(f"{at}/{key}", f"{key} must be a number from 0 to {limits.INPUT_TEXT}")


def _image(reading: Reading, node: Node, at: str) -> None:
    reading.string(node.get("alt_text"), f"{at}/alt_text", "alt_text", most=limits.IMAGE_TEXT)
    if "slack_file" not in node:
        reading.string(node.get("image_url"), f"{at}/image_url", "image_url", most=limits.URL)


def _feedback_buttons(reading: Reading, node: Node, at: str) -> None:
    for key in ("positive_button", "negative_button"):
        if (side := reading.node(node.get(key), f"{at}/{key}", key)) is not None:
            optional_text(reading, side, "text", f"{at}/{key}", most=limits.BUTTON_TEXT)
            reading.string(
                side.get("value"), f"{at}/{key}/value", "value", most=limits.BUTTON_VALUE
            )


def _icon_button(reading: Reading, node: Node, at: str) -> None:
    reading.one_of(node.get("icon"), f"{at}/icon", "icon", ("trash",))
    optional_text(reading, node, "text", at, most=limits.BUTTON_TEXT)


def _free(_reading: Reading, _node: Node, _at: str) -> None:
    """An element whose own fields have no limits of note."""


ELEMENTS: Final[dict[str, Rule]] = {
    "button": _button,
    "static_select": _static_select,
    "multi_static_select": _static_select,
    "overflow": _choices(limits.OVERFLOW_OPTIONS, frozenset({"plain_text"})),
    "radio_buttons": _choices(limits.RADIO_OPTIONS, ANY_TEXT),
    "checkboxes": _choices(limits.RADIO_OPTIONS, ANY_TEXT),
    "plain_text_input": _plain_text_input,
    "image": _image,
    "feedback_buttons": _feedback_buttons,
    "icon_button": _icon_button,
    "external_select": _free,
    "multi_external_select": _free,
    "email_text_input": _free,
    "url_text_input": _free,
    "number_input": _free,
    "rich_text_input": _free,
    "file_input": _free,
    "workflow_button": _free,
    **dict.fromkeys((*_ENTITY_SELECTS, *_PICKERS), _free),
    **dict.fromkeys((f"multi_{name}" for name in _ENTITY_SELECTS), _free),
}
"""What each element's own fields must be."""

_SELECTS: Final = frozenset({"static_select", "external_select", *_ENTITY_SELECTS})
_MULTI: Final = frozenset(f"multi_{name}" for name in _SELECTS)
_CHOOSERS: Final = frozenset({"radio_buttons", "checkboxes", "datepicker", "timepicker"})

IN_ACTIONS: Final = (
    _SELECTS
    | _CHOOSERS
    | frozenset({"button", "overflow", "datetimepicker", "workflow_button", "rich_text_input"})
)
IN_SECTION: Final = (
    _SELECTS | _MULTI | _CHOOSERS | frozenset({"button", "overflow", "image", "workflow_button"})
)
IN_INPUT: Final = (
    _SELECTS
    | _MULTI
    | _CHOOSERS
    | frozenset(
        {
            "plain_text_input",
            "email_text_input",
            "url_text_input",
            "number_input",
            "rich_text_input",
            "file_input",
            "datetimepicker",
        }
    )
)
IN_CONTEXT_ACTIONS: Final = frozenset({"feedback_buttons", "icon_button"})

_ONLY_IN_MODALS: Final = frozenset({"file_input"})


def element(
    reading: Reading, value: object, at: str, allowed: frozenset[str], action_ids: set[str]
) -> None:
    """One element where only `allowed` types may stand.

    `action_ids` holds those seen in the same block; they must be unique there.
    """
    node = reading.node(value, at, "element")
    if node is None:
        return
    kind = node.get("type")
    if not isinstance(kind, str) or kind not in ELEMENTS:
        reading.fault(f"{at}/type", f"unsupported element type: {kind!r}"[:120])
        return
    if kind not in allowed:
        reading.fault(f"{at}/type", f"a {kind} may not stand in this block")
    if kind in _ONLY_IN_MODALS and reading.surface != "modal":
        reading.fault(f"{at}/type", f"a {kind} may stand in modals only")
    if "action_id" in node:
        action_id = reading.string(
            node["action_id"], f"{at}/action_id", "action_id", most=limits.IDENTIFIER
        )
        if action_id is not None and action_id in action_ids:
            reading.fault(
                f"{at}/action_id", f"action_id {action_id!r} already exists in this block"
            )
        action_ids.add(action_id or "")
    only(reading, node, at, ELEMENT_FIELDS.get(kind))
    optional_text(reading, node, "placeholder", at, most=limits.PLACEHOLDER)
    confirm(reading, node, at)
    ELEMENTS[kind](reading, node, at)
