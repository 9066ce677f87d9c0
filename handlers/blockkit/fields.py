"""The fields that each object may have: Slack refuses others as additional properties.

Types that this project never builds are left out, and their fields are not checked.

Source: docs.slack.dev, "Block Kit reference", the field table of each object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from handlers.blockkit.reading import Node, Reading

_EVERY_BLOCK: Final = frozenset({"type", "block_id"})
_EVERY_ELEMENT: Final = frozenset({"type", "action_id"})


def _block(names: str = "") -> frozenset[str]:
    return _EVERY_BLOCK | frozenset(names.split())


def _element(names: str = "") -> frozenset[str]:
    return _EVERY_ELEMENT | frozenset(names.split())


_MENU: Final = "placeholder confirm focus_on_load options option_groups"

BLOCK_FIELDS: Final[dict[str, frozenset[str]]] = {
    "section": _block("text fields accessory expand"),
    "header": _block("text level"),
    "context": _block("elements"),
    "divider": _block(),
    "image": _block("image_url slack_file alt_text title"),
    "actions": _block("elements"),
    "rich_text": _block("elements"),
    "input": _block("label element dispatch_action hint optional"),
    "markdown": _block("text"),
    "table": _block("rows column_settings"),
    "context_actions": _block("elements"),
    "container": _block(
        "title rich_text_title subtitle child_blocks width icon is_collapsible default_collapsed "
        "has_header_divider"
    ),
}

ELEMENT_FIELDS: Final[dict[str, frozenset[str]]] = {
    "button": _element(
        "text url value style confirm accessibility_label visible_to_user_ids focus_on_load"
    ),
    "static_select": _element(f"{_MENU} initial_option"),
    "multi_static_select": _element(f"{_MENU} initial_options max_selected_items"),
    "overflow": _element("options confirm"),
    "radio_buttons": _element("options initial_option confirm focus_on_load"),
    "checkboxes": _element("options initial_options confirm focus_on_load"),
    "plain_text_input": _element(
        "placeholder initial_value multiline min_length max_length dispatch_action_config "
        "focus_on_load"
    ),
    "image": frozenset({"type", "image_url", "slack_file", "alt_text"}),
    "feedback_buttons": _element("positive_button negative_button"),
    "icon_button": _element("icon text value confirm accessibility_label visible_to_user_ids"),
}

CONFIRM_FIELDS: Final = frozenset({"title", "text", "confirm", "deny", "style"})
OPTION_FIELDS: Final = frozenset({"text", "value", "description", "url"})


def only(reading: Reading, node: Node, pointer: str, allowed: frozenset[str] | None) -> None:
    """Record a fault for each field that is not among the allowed; None allows all."""
    if allowed is None:
        return
    for name in node:
        if name not in allowed:
            reading.fault(f"{pointer}/{name}"[:200], f"invalid additional property: {name}"[:120])
