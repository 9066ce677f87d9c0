"""Seen against wanted in words, near-miss names, and times that people read."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from diagnostics.languages import as_sentence, say
from diagnostics.visible import first_difference, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

    from diagnostics.languages import Words

HEADLINE = 100
"""Characters of a headline, at most: Slack's headers hold 150, and a phone shows two lines."""
_LONGEST = 400
_MANY = 200
_NEAR = 0.75
_NAMES = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a carriage return"}


def clip(text: str, limit: int = _LONGEST) -> str:
    """Cut a value of hostile length, saying that it was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def character(one: str) -> str:
    """Name a character so that it can't be overlooked."""
    if one in _NAMES:
        return _NAMES[one]
    if unicodedata.category(one) in ("Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Co", "Cn"):
        return f"U+{ord(one):04X} {unicodedata.name(one, 'unnamed')}".rstrip()
    if not one.isascii():
        return f'"{one}" (U+{ord(one):04X} {unicodedata.name(one, "unnamed")})'
    return f'"{one}"'


def difference(seen: str, wanted: str) -> str | None:
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


_FEW = 3


def sentence(words: str | None) -> Words | None:
    """Make a sentence of a clause."""
    return as_sentence(words) if words else None


def listed(values: Iterable[str], *, limit: int = 5) -> str:
    """Join values for a field, bounded; without blanks, which would be shown as part of a value."""
    items = list(values)
    shown = ",".join(clip(item) for item in items[:limit])
    rest = len(items) - limit
    return f"{shown},… ({rest} more)" if rest > 0 else (shown or say("(none)"))


def nearest(name: str, options: Sequence[str]) -> str | None:
    """Find the option that a name was probably meant to be, or None where none comes close."""
    best, ratio = None, _NEAR
    for option in options[:_MANY]:
        near = SequenceMatcher(None, name[:64], option[:64]).ratio()
        if near > ratio and option != name:
            best, ratio = option, near
    return best


def plural(count: int, noun: str) -> str:
    """Count a noun: `1 pod`, `3 pods`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def spoken(span: timedelta) -> Words:
    """Round a time span: `40 seconds`, `3 minutes`, `5 hours`, `2 days`."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds >= 2 * _DAY:
        return say("{count} days", count=seconds // _DAY)
    if seconds >= 2 * _HOUR:
        return say("{count} hours", count=seconds // _HOUR)
    if seconds >= 2 * _MINUTE:
        return say("{count} minutes", count=seconds // _MINUTE)
    if seconds >= _MINUTE:
        return say("1 minute")
    return say("1 second") if seconds == 1 else say("{count} seconds", count=seconds)


_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
