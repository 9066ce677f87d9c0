"""Each limit and rule of Block Kit: what is just right is taken, one more is refused, and where."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.blockkit import validate_blocks, validate_message, validate_view

Block = dict[str, Any]


def plain(length: int) -> Block:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> Block:
    return {"type": "mrkdwn", "text": "x" * length}


def button(**fields: Any) -> Block:
    return {"type": "button", "action_id": "go", "text": plain(2), **fields}


def option(number: int) -> Block:
    return {"text": plain(3), "value": str(number)}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def buttons(count: int) -> Block:
    return actions(*(button(action_id=str(number)) for number in range(count)))


def select(count: int, **fields: Any) -> Block:
    options = [option(number) for number in range(count)]
    return actions({"type": "static_select", "action_id": "s", "options": options, **fields})


def confirmed(**fields: Any) -> Block:
    held = {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1)}
    return actions(button(confirm=held | fields))


def container(**fields: Any) -> Block:
    held: Block = {"type": "container", "title": plain(1), "child_blocks": [{"type": "divider"}]}
    return held | fields


def table(rows: int, columns: int) -> Block:
    cell = {"type": "raw_text", "text": "x"}
    return {"type": "table", "rows": [[cell] * columns] * rows}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def text_run(**fields: Any) -> Block:
    return rich({"type": "rich_text_section", "elements": [{"type": "text", "text": "x"} | fields]})


PAIRS: dict[str, tuple[Block, Block, str]] = {
    "section text": (
        {"type": "section", "text": mrkdwn(3000)},
        {"type": "section", "text": mrkdwn(3001)},
        "/blocks/0/text/text",
    ),
    "section fields": (
        {"type": "section", "fields": [mrkdwn(100)] * 10},
        {"type": "section", "fields": [mrkdwn(100)] * 11},
        "/blocks/0/fields",
    ),
    "a section's field": (
        {"type": "section", "fields": [mrkdwn(2000)]},
        {"type": "section", "fields": [mrkdwn(2001)]},
        "/blocks/0/fields/0/text",
    ),
    "a section with something": (
        {"type": "section", "text": mrkdwn(1)},
        {"type": "section"},
        "/blocks/0",
    ),
    "header": (
        {"type": "header", "text": plain(150)},
        {"type": "header", "text": plain(151)},
        "/blocks/0/text/text",
    ),
    "header in plain text": (
        {"type": "header", "text": plain(1)},
        {"type": "header", "text": mrkdwn(1)},
        "/blocks/0/text/type",
    ),
    "context elements": (
        {"type": "context", "elements": [mrkdwn(1)] * 10},
        {"type": "context", "elements": [mrkdwn(1)] * 11},
        "/blocks/0/elements",
    ),
    "actions elements": (buttons(25), buttons(26), "/blocks/0/elements"),
    "action_ids of one block": (
        buttons(2),
        actions(button(), button()),
        "/blocks/0/elements/1/action_id",
    ),
    "button text": (
        actions(button(text=plain(75))),
        actions(button(text=plain(76))),
        "/blocks/0/elements/0/text/text",
    ),
    "button value": (
        actions(button(value="x" * 2000)),
        actions(button(value="x" * 2001)),
        "/blocks/0/elements/0/value",
    ),
    "button url": (
        actions(button(url="x" * 3000)),
        actions(button(url="x" * 3001)),
        "/blocks/0/elements/0/url",
    ),
    "action_id": (
        actions(button(action_id="x" * 255)),
        actions(button(action_id="x" * 256)),
        "/blocks/0/elements/0/action_id",
    ),
    "accessibility label": (
        actions(button(accessibility_label="x" * 75)),
        actions(button(accessibility_label="x" * 76)),
        "/blocks/0/elements/0/accessibility_label",
    ),
    "button style": (
        actions(button(style="danger")),
        actions(button(style="warning")),
        "/blocks/0/elements/0/style",
    ),
    "confirm title": (
        confirmed(title=plain(100)),
        confirmed(title=plain(101)),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "confirm text": (
        confirmed(text=plain(300)),
        confirmed(text=plain(301)),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "confirm button": (
        confirmed(confirm=plain(30)),
        confirmed(confirm=plain(31)),
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "select options": (select(100), select(101), "/blocks/0/elements/0/options"),
    "the first choice": (
        select(2, initial_option=option(1)),
        select(2, initial_option=option(2)),
        "/blocks/0/elements/0/initial_option",
    ),
    "markdown": (
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "markdown", "text": "x" * 12_001},
        "/blocks/0/text",
    ),
    "table rows": (table(100, 2), table(101, 2), "/blocks/0/rows"),
    "table columns": (table(2, 20), table(2, 21), "/blocks/0/rows/0"),
    "table cells": (
        table(1, 1),
        {"type": "table", "rows": [[{"type": "plain_text", "text": "x"}]]},
        "/blocks/0/rows/0/0/type",
    ),
    "container title": (
        container(title=plain(150)),
        container(title=plain(151)),
        "/blocks/0/title/text",
    ),
    "container children": (
        container(child_blocks=[{"type": "divider"}] * 10),
        container(child_blocks=[{"type": "divider"}] * 11),
        "/blocks/0/child_blocks",
    ),
    "no container in a container": (
        container(),
        container(child_blocks=[container()]),
        "/blocks/0/child_blocks/0/type",
    ),
    "block_id": (
        {"type": "divider", "block_id": "x" * 255},
        {"type": "divider", "block_id": "x" * 256},
        "/blocks/0/block_id",
    ),
    "an unknown block": ({"type": "divider"}, {"type": "ruler"}, "/blocks/0/type"),
    "an alert exists in modals only": (
        {"type": "divider"},
        {"type": "alert", "text": plain(1)},
        "/blocks/0/type",
    ),
    "an additional field": (
        {"type": "header", "text": plain(1), "level": 2},
        {"type": "header", "text": plain(1), "size": 2},
        "/blocks/0/size",
    ),
    "mrkdwn has no emoji": (
        {"type": "section", "text": mrkdwn(1) | {"verbatim": True}},
        {"type": "section", "text": mrkdwn(1) | {"emoji": True}},
        "/blocks/0/text/emoji",
    ),
    "rich text style": (
        text_run(style={"bold": True}),
        text_run(style={"blink": True}),
        "/blocks/0/elements/0/elements/0/style",
    ),
    "preformatted holds text and links": (
        rich({"type": "rich_text_preformatted", "language": "diff", "elements": []}),
        rich(
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "user", "user_id": "U0000001"}],
            }
        ),
        "/blocks/0/elements/0/elements/0/type",
    ),
    "feedback in context_actions": (
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": {"text": plain(4), "value": "y"},
                    "negative_button": {"text": plain(4), "value": "n"},
                }
            ],
        },
        {"type": "context_actions", "elements": [button()]},
        "/blocks/0/elements/0/type",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_limit_is_kept_to_the_character(name: str) -> None:
    right, wrong, pointer = PAIRS[name]

    assert validate_blocks([right]) == ()
    assert [fault.pointer for fault in validate_blocks([wrong])][:1] == [pointer]


def test_a_message_holds_50_blocks() -> None:
    assert validate_blocks([{"type": "divider"}] * 50) == ()
    assert validate_blocks([{"type": "divider"}] * 51)[0].pointer == "/blocks"


def test_a_message_holds_12000_characters_over_all_its_blocks() -> None:
    section = {"type": "section", "text": mrkdwn(3000)}

    assert validate_blocks([section] * 4) == ()
    (fault,) = validate_blocks([section] * 4 + [{"type": "header", "text": plain(1)}])
    assert (fault.breach.value, fault.pointer) == ("msg_blocks_too_long", "/blocks")


def test_two_tables_do_not_fit_into_a_message() -> None:
    assert [f.pointer for f in validate_blocks([table(1, 1), table(1, 1)])] == ["/blocks/1"]


def test_block_ids_are_unique() -> None:
    twin = {"type": "divider", "block_id": "a"}

    assert [f.pointer for f in validate_blocks([twin, twin])] == ["/blocks/1/block_id"]


def test_a_message_says_something() -> None:
    (fault,) = validate_message({"text": "", "blocks": []})

    assert fault.breach.value == "no_text"


def test_a_message_has_100_attachments() -> None:
    assert validate_message({"attachments": [{"text": "x"}] * 100}) == ()
    (fault,) = validate_message({"attachments": [{"text": "x"}] * 101})
    assert fault.breach.value == "too_many_attachments"


def modal(**fields: Any) -> Block:
    return {"type": "modal", "title": plain(5), "blocks": [{"type": "divider"}]} | fields


INPUT = {
    "type": "input",
    "block_id": "i",
    "label": plain(1),
    "element": {"type": "plain_text_input", "action_id": "i"},
}


@pytest.mark.parametrize(
    ("right", "wrong", "pointer"),
    [
        (modal(title=plain(24)), modal(title=plain(25)), "/title/text"),
        (modal(submit=plain(24)), modal(submit=plain(25)), "/submit/text"),
        (
            modal(private_metadata="x" * 3000),
            modal(private_metadata="x" * 3001),
            "/private_metadata",
        ),
        (modal(callback_id="x" * 255), modal(callback_id="x" * 256), "/callback_id"),
        (
            modal(blocks=[{"type": "divider"}] * 100),
            modal(blocks=[{"type": "divider"}] * 101),
            "/blocks",
        ),
        (modal(blocks=[INPUT], submit=plain(2)), modal(blocks=[INPUT]), "/submit"),
        (modal(), modal(type="sheet"), "/type"),
        (modal(), modal(colour="red"), "/colour"),
        (
            modal(blocks=[{"type": "alert", "text": plain(1)}]),
            modal(blocks=[{"type": "markdown", "text": "x"}]),
            "/blocks/0/type",
        ),
        (modal(), modal(blocks=[{"type": "section", "text": mrkdwn(3000)}] * 90), ""),
    ],
)
def test_a_view_is_kept_to_its_limits(right: Block, wrong: Block, pointer: str) -> None:
    assert validate_view(right) == ()
    assert [fault.pointer for fault in validate_view(wrong)][:1] == [pointer]


@pytest.mark.parametrize(
    "blocks",
    [
        None,
        7,
        "text",
        [None],
        [[]],
        [{}],
        [{"type": []}],
        [{"type": "section", "text": "x"}],
        [{"type": "section", "fields": {}}],
        [{"type": "actions", "elements": [None, {"type": {}}]}],
        [{"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [1]}]}],
        [{"type": "table", "rows": [1, [2]]}],
        [{"type": "container", "child_blocks": [[]]}],
        [{"type": "input", "element": {"type": "checkboxes", "options": 1, "initial_options": 2}}],
    ],
)
def test_nonsense_is_refused_and_nothing_breaks(blocks: object) -> None:
    faults = validate_blocks(blocks)

    assert faults or blocks is None
    assert all(len(str(fault)) < 500 for fault in faults)
