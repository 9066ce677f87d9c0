"""Each block type: what it must hold, and on which surfaces it exists.

Source: docs.slack.dev, "Block Kit reference", "Blocks".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.blockkit import limits
from handlers.blockkit.composition import ANY_TEXT, optional_text, text_object
from handlers.blockkit.elements import (
    ELEMENTS,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    Rule,
    element,
)
from handlers.blockkit.fields import BLOCK_FIELDS, only
from handlers.blockkit.measure import characters
from handlers.blockkit.rich_text import rich_text

if TYPE_CHECKING:
    from handlers.blockkit.reading import Node, Reading

_EVERYWHERE: Final = frozenset({"message", "modal", "home"})
_MESSAGE: Final = frozenset({"message"})
_IN_CONTAINER: Final = frozenset(
    {
        "actions",
        "context",
        "divider",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
        "video",
    }
)
"""As documented; Slack's own validator has been seen to take a narrower set, so keep a fallback."""
_CELLS: Final = frozenset({"raw_text", "raw_number", "rich_text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockType:
    """One type of block: the surfaces that show it and the rule for its fields."""

    rule: Rule
    surfaces: frozenset[str] = _EVERYWHERE


def _section(reading: Reading, node: Node, at: str) -> None:
    if "text" not in node and "fields" not in node:
        reading.fault(at, "a section needs text or fields")
    optional_text(reading, node, "text", at, most=limits.SECTION_TEXT, kinds=ANY_TEXT)
    if "fields" in node:
        fields = reading.array(node["fields"], f"{at}/fields", "fields", most=limits.SECTION_FIELDS)
        for index, field in enumerate(fields):
            text_object(reading, field, f"{at}/fields/{index}", "field", most=limits.SECTION_FIELD)
    if "accessory" in node:
        element(reading, node["accessory"], f"{at}/accessory", IN_SECTION, set())


def _header(reading: Reading, node: Node, at: str) -> None:
    text_object(
        reading,
        node.get("text"),
        f"{at}/text",
        "text",
        most=limits.HEADER_TEXT,
        kinds=frozenset({"plain_text"}),
    )


def _context(reading: Reading, node: Node, at: str) -> None:
    items = reading.array(
        node.get("elements"), f"{at}/elements", "elements", most=limits.CONTEXT_ELEMENTS
    )
    for index, item in enumerate(items):
        here = f"{at}/elements/{index}"
        part = reading.node(item, here, "context element")
        if part is None:
            continue
        if part.get("type") == "image":
            ELEMENTS["image"](reading, part, here)
        else:
            text_object(reading, part, here, "context element", most=limits.SECTION_FIELD)


def _elements(most: int, allowed: frozenset[str]) -> Rule:
    def rule(reading: Reading, node: Node, at: str) -> None:
        seen: set[str] = set()
        items = reading.array(node.get("elements"), f"{at}/elements", "elements", most=most)
        for index, item in enumerate(items):
            element(reading, item, f"{at}/elements/{index}", allowed, seen)

    return rule


def _image(reading: Reading, node: Node, at: str) -> None:
    ELEMENTS["image"](reading, node, at)
    optional_text(reading, node, "title", at, most=limits.IMAGE_TEXT)


def _input(reading: Reading, node: Node, at: str) -> None:
    text_object(
        reading,
        node.get("label"),
        f"{at}/label",
        "label",
        most=limits.INPUT_LABEL,
        kinds=frozenset({"plain_text"}),
    )
    optional_text(reading, node, "hint", at, most=limits.INPUT_LABEL)
    element(reading, node.get("element"), f"{at}/element", IN_INPUT, set())


def _markdown(reading: Reading, node: Node, at: str) -> None:
    text = reading.string(node.get("text"), f"{at}/text", "text", most=limits.MARKDOWN_TEXT)
    reading.markdown += len(text or "")
    if reading.markdown > limits.MARKDOWN_TEXT >= len(text or ""):
        reading.fault(
            f"{at}/text",
            f"the markdown blocks hold {reading.markdown} characters together; "
            f"at most {limits.MARKDOWN_TEXT} are allowed",
        )


def _table(reading: Reading, node: Node, at: str) -> None:
    reading.tables += 1
    if reading.tables > limits.TABLES:
        reading.fault(at, "only one table is allowed in a message")
    rows = reading.array(node.get("rows"), f"{at}/rows", "rows", most=limits.TABLE_ROWS)
    for index, row in enumerate(rows):
        here = f"{at}/rows/{index}"
        for column, item in enumerate(reading.array(row, here, "row", most=limits.TABLE_COLUMNS)):
            cell = reading.node(item, f"{here}/{column}", "cell")
            if cell is not None:
                reading.one_of(cell.get("type"), f"{here}/{column}/type", "cell", _CELLS)
    if (size := characters(rows)) > limits.TABLE_TEXT:
        reading.fault(
            f"{at}/rows", f"the table holds {size} characters; at most {limits.TABLE_TEXT} fit"
        )


def _data_table(reading: Reading, node: Node, at: str) -> None:
    reading.array(node.get("rows"), f"{at}/rows", "rows", least=2, most=limits.DATA_TABLE_ROWS)
    if "caption" not in node:
        reading.fault(at, "a data_table needs a caption")


def _card(reading: Reading, node: Node, at: str) -> None:
    for key, most in (
        ("title", limits.CARD_TITLE),
        ("subtitle", limits.CARD_TITLE),
        ("body", limits.CARD_BODY),
    ):
        optional_text(reading, node, key, at, most=most, kinds=ANY_TEXT)
    if "actions" in node:
        seen: set[str] = set()
        buttons = reading.array(
            node["actions"], f"{at}/actions", "actions", most=limits.ACTIONS_ELEMENTS
        )
        for index, item in enumerate(buttons):
            element(reading, item, f"{at}/actions/{index}", frozenset({"button"}), seen)


def _carousel(reading: Reading, node: Node, at: str) -> None:
    cards = reading.array(
        node.get("elements"), f"{at}/elements", "elements", most=limits.CAROUSEL_CARDS
    )
    for index, item in enumerate(cards):
        here = f"{at}/elements/{index}"
        card = reading.node(item, here, "card")
        if card is not None and reading.one_of(
            card.get("type"), f"{here}/type", "carousel element", ("card",)
        ):
            _card(reading, card, here)


def _container(reading: Reading, node: Node, at: str) -> None:
    if "title" not in node and "rich_text_title" not in node:
        reading.fault(at, "a container needs a title or a rich_text_title")
    optional_text(reading, node, "title", at, most=limits.CONTAINER_TITLE)
    optional_text(reading, node, "subtitle", at, most=limits.CONTAINER_TITLE, kinds=ANY_TEXT)
    inner = reading.array(
        node.get("child_blocks"),
        f"{at}/child_blocks",
        "child_blocks",
        most=limits.CONTAINER_BLOCKS,
    )
    for index, item in enumerate(inner):
        here = f"{at}/child_blocks/{index}"
        kind = item.get("type") if isinstance(item, dict) else None
        if reading.one_of(kind, f"{here}/type", "block in a container", _IN_CONTAINER):
            block(reading, item, here)


def _alert(reading: Reading, node: Node, at: str) -> None:
    text_object(reading, node.get("text"), f"{at}/text", "text", most=limits.SECTION_TEXT)


def _free(_reading: Reading, _node: Node, _at: str) -> None:
    """A block whose inside this project never builds; its text still counts."""


BLOCKS: Final[dict[str, BlockType]] = {
    "section": BlockType(rule=_section),
    "header": BlockType(rule=_header),
    "context": BlockType(rule=_context),
    "divider": BlockType(rule=_free),
    "image": BlockType(rule=_image),
    "actions": BlockType(rule=_elements(limits.ACTIONS_ELEMENTS, IN_ACTIONS)),
    "rich_text": BlockType(rule=rich_text),
    "input": BlockType(rule=_input),
    "video": BlockType(rule=_free),
    "alert": BlockType(rule=_alert, surfaces=frozenset({"modal"})),
    "markdown": BlockType(rule=_markdown, surfaces=_MESSAGE),
    "table": BlockType(rule=_table, surfaces=_MESSAGE),
    "data_table": BlockType(rule=_data_table, surfaces=_MESSAGE),
    "data_visualization": BlockType(rule=_free, surfaces=_MESSAGE),
    "context_actions": BlockType(
        rule=_elements(limits.CONTEXT_ACTIONS_ELEMENTS, IN_CONTEXT_ACTIONS), surfaces=_MESSAGE
    ),
    "task_card": BlockType(rule=_free, surfaces=_MESSAGE),
    "plan": BlockType(rule=_free, surfaces=_MESSAGE),
    "card": BlockType(rule=_card, surfaces=_MESSAGE),
    "carousel": BlockType(rule=_carousel, surfaces=_MESSAGE),
    "container": BlockType(rule=_container, surfaces=_MESSAGE),
}
"""Every block type that Slack documents for apps."""


def block(reading: Reading, value: object, at: str) -> None:
    """One block on the surface being read."""
    node = reading.node(value, at, "block")
    if node is None:
        return
    name = node.get("type")
    kind = BLOCKS.get(name) if isinstance(name, str) else None
    if kind is None:
        reading.fault(f"{at}/type", f"unsupported block type: {name!r}"[:120])
        return
    if reading.surface not in kind.surfaces:
        where = " and ".join(sorted(kind.surfaces))
        reading.fault(
            f"{at}/type", f"{name} blocks exist on {where} only, not on a {reading.surface}"
        )
    if "block_id" in node:
        block_id = reading.string(
            node["block_id"], f"{at}/block_id", "block_id", most=limits.IDENTIFIER
        )
        if block_id is not None and (first := reading.block_ids.setdefault(block_id, at)) != at:
            reading.fault(f"{at}/block_id", f"block_id {block_id!r} already exists at {first}")
    only(reading, node, at, BLOCK_FIELDS.get(str(name)))
    kind.rule(reading, node, at)
