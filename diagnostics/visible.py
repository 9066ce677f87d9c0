"""Values shown so that nothing in them hides: invisible characters spelled out, differences marked."""

from __future__ import annotations

import unicodedata
from typing import Final

_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HIDING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """Spell out what the eye can't see: control, format and odd space characters, and blanks in a value.

    A plain space inside a value becomes `␠` (U+2420), since no ARN, subject or audience holds one.
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == " ":
        return "␠"
    if character in _NAMED:
        return _NAMED[character]
    category = unicodedata.category(character)
    if category in _HIDING or category == "Zs":
        return f"<U+{ord(character):04X}>"
    return character


def first_difference(seen: str, wanted: str) -> int | None:
    """The index of the first character that differs, or None where the two are equal."""
    for index, (one, other) in enumerate(zip(seen, wanted, strict=False)):
        if one != other:
            return index
    return None if len(seen) == len(wanted) else min(len(seen), len(wanted))


def marked(seen: str, wanted: str) -> str:
    """Both values on lines of their own with a caret under the first character that differs."""
    at = first_difference(seen, wanted)
    if at is None:
        return visible(seen)
    column = len(visible(seen[:at]))
    return f"{visible(seen)}\n{visible(wanted)}\n{' ' * column}^"
