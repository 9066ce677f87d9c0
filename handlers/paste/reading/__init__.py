"""A Slack message, wherever its words are, as plain bounded text; pure, and never trusting the shape of what came."""

from __future__ import annotations

from handlers.paste.reading.alert import alert_hints
from handlers.paste.reading.edit import Edit, edit_of, newly_said
from handlers.paste.reading.files import FILE_LIMIT, FileToRead, files_to_read
from handlers.paste.reading.message import TEXT_LIMIT, extract_text

__all__ = [
    "FILE_LIMIT",
    "TEXT_LIMIT",
    "Edit",
    "FileToRead",
    "alert_hints",
    "edit_of",
    "extract_text",
    "files_to_read",
    "newly_said",
]
