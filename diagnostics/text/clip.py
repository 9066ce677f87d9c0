"""Values of hostile length cut to what a person reads, saying that they were cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST: Final = 400
"""Characters of one value."""


def clip(text: str, limit: int = _LONGEST) -> str:
    """Cut a value of hostile length, saying that it was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def listed(values: Iterable[str], *, limit: int = 5) -> str:
    """Join values for a field, bounded; without blanks, which would be shown as part of a value."""
    items = list(values)
    shown = ",".join(clip(item) for item in items[:limit])
    rest = len(items) - limit
    return f"{shown},… ({rest} more)" if rest > 0 else (shown or say("(none)"))
