"""A whole number out of a text that anybody may have written."""

from __future__ import annotations


def whole_number(text: str, *, digits: int) -> int | None:
    """The number that a text is; None where it is anything else, a sign included, or has more digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
