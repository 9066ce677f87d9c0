"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations


def harmless(text: str) -> str:
    """The text, so that a spreadsheet does not take it for a formula: values come from clusters and from people."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
