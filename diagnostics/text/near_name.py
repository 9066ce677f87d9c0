"""The name that was probably meant."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_MANY: Final = 200
"""Options that are compared, at most."""
_LONG: Final = 64
"""Characters of a name that are compared, at most."""
_NEAR: Final = 0.75
"""The likeness, from 0 to 1, that two names must exceed."""


def nearest(name: str, options: Sequence[str]) -> str | None:
    """Find the option that a name was probably meant to be, or None where none comes close."""
    best, ratio = None, _NEAR
    for option in options[:_MANY]:
        near = SequenceMatcher(None, name[:_LONG], option[:_LONG]).ratio()
        if near > ratio and option != name:
            best, ratio = option, near
    return best
