"""Where two values part: by index, by a mark, and in words that name the character."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from diagnostics.languages import say
from diagnostics.text.clip import clip
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from diagnostics.languages import Words

_NAMES: Final = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a carriage return"}
_FEW: Final = 3
"""Characters that a slip of the pen gets wrong, at most."""


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


def character(one: str) -> str:
    """Name a character so that it can't be overlooked."""
    if one in _NAMES:
        return _NAMES[one]
    if unicodedata.category(one) in ("Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Co", "Cn"):
        return f"U+{ord(one):04X} {unicodedata.name(one, 'unnamed')}".rstrip()
    if not one.isascii():
        return f'"{one}" (U+{ord(one):04X} {unicodedata.name(one, "unnamed")})'
    return f'"{one}"'


def difference(seen: str, wanted: str) -> Words | None:
    """Say where two values part: `they first differ at character 23: a space where "k" is expected`.

    None where the two are equal, and where they differ in more than a few characters: then it is another name,
    not a slip of the pen, and its first character tells nothing.
    """
    at = first_difference(seen, wanted)
    if at is None or not _slip(seen[at:], wanted[at:]):
        return None
    if at >= len(seen):
        return say("it ends where {wanted} is expected", wanted=visible(clip(wanted[at:], 80)))
    if at >= len(wanted):
        return say("it goes on with {seen} where it should end", seen=visible(clip(seen[at:], 80)))
    return say(
        "they first differ at character {at}: {seen} where {wanted} is expected",
        at=at + 1,
        seen=character(seen[at]),
        wanted=character(wanted[at]),
    )


def _slip(seen: str, wanted: str) -> bool:
    """Whether what is left of two values is the same but for a few characters, or for the case of letters."""
    if seen.lower() == wanted.lower():
        return True
    shorter = min(len(seen), len(wanted))
    same = next((i for i in range(shorter) if seen[-1 - i] != wanted[-1 - i]), shorter)
    return max(len(seen), len(wanted)) - same <= _FEW
