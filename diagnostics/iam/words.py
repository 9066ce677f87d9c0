"""Values as explanations show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.iam.subject import nearness
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN: Final = 50
"""How many values of a long list are compared."""


def quoted(text: str) -> str:
    """A value in quotes, invisible characters spelled out, shortened."""
    if len(text) <= 300 and text.isascii() and text.isprintable() and " " not in text:  # noqa: PLR2004
        return f'"{text}"'
    shown = visible(text[:300])
    return f'"{shown}…"' if len(text) > 300 else f'"{shown}"'  # noqa: PLR2004


def nearest(values: Sequence[str], wanted: str) -> str:
    """The value that shares most with what the call carries; "" where there is none."""
    if len(values) == 1:
        return values[0]
    return max(values[:_SHOWN], key=lambda v: nearness(v, wanted), default="")
