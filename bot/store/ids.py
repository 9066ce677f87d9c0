"""IDs of what is on record."""

from __future__ import annotations

import secrets


def new_id() -> str:
    """A random ID that nobody guesses: 80 bits."""
    return secrets.token_hex(10)
