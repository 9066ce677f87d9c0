"""Block Kit: Slack's limits, a validator for what is sent, and builders that keep within both.

Blocks are plain dicts: slack_sdk's models silently drop fields newer than themselves (the `language`
of a preformatted text, for one), while `chat_postMessage(blocks=[dict])` sends a dict unchanged.
"""

from __future__ import annotations

from handlers.blockkit.escape import clip, escape
from handlers.blockkit.faults import Breach, Fault
from handlers.blockkit.measure import characters, has_rich_text
from handlers.blockkit.surfaces import validate_blocks, validate_message, validate_view

__all__ = [
    "Block",
    "Breach",
    "Fault",
    "characters",
    "clip",
    "escape",
    "has_rich_text",
    "validate_blocks",
    "validate_message",
    "validate_view",
]

Block = dict[str, object]
"""One Block Kit block, element or composition object, as Slack's JSON has it."""
