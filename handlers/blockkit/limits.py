"""Slack's numbers. Characters unless the name says otherwise.

Source: docs.slack.dev, "Block Kit reference" (blocks, block elements, composition objects), "Views",
and the pages of `chat.postMessage` and `chat.update`.
"""

from __future__ import annotations

from typing import Final

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_BUDGET: Final = 12_000
"""Text over all blocks of one message. Slack answers `msg_blocks_too_long` somewhat above 13,000,
a limit that it does not document; the rest is a margin for what it counts and we do not."""

POST_TEXT: Final = 40_000
"""`chat.postMessage` cuts `text` here and says so in a warning."""
UPDATE_TEXT: Final = 4_000
"""`chat.update` refuses a longer `text` with `msg_too_long`."""
ATTACHMENTS: Final = 100

SECTION_TEXT: Final = 3_000
SECTION_FIELDS: Final = 10
SECTION_FIELD: Final = 2_000
HEADER_TEXT: Final = 150
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
CONTEXT_ACTIONS_ELEMENTS: Final = 5
MARKDOWN_TEXT: Final = 12_000
"""Over all markdown blocks of one payload together."""
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_TEXT: Final = 10_000
TABLES: Final = 1
DATA_TABLE_ROWS: Final = 101
CARD_TITLE: Final = 150
CARD_BODY: Final = 200
CAROUSEL_CARDS: Final = 10
CONTAINER_BLOCKS: Final = 10
CONTAINER_TITLE: Final = 150
IMAGE_TEXT: Final = 2_000
INPUT_LABEL: Final = 2_000

BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
ACCESSIBILITY_LABEL: Final = 75
URL: Final = 3_000
IDENTIFIER: Final = 255
"""`action_id`, `block_id`, `callback_id`, `external_id`."""
PLACEHOLDER: Final = 150
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
SELECT_OPTIONS: Final = 100
RADIO_OPTIONS: Final = 10
OVERFLOW_OPTIONS: Final = 5
INPUT_TEXT: Final = 3_000

CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30

VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
VIEW_BYTES: Final = 250_000
