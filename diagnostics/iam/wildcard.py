"""`*` and `?` patterns, matched in time linear in pattern times text, however they are made.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators": `*` is any run, also an empty one; `?` is
exactly one character.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Wild(Enum):
    """What a pattern holds beside characters."""

    ONE = "?"
    RUN = "*"


Token = str | Wild
"""One character, or a wildcard."""

_WILD: Final = {"?": Wild.ONE, "*": Wild.RUN}


def tokens(pattern: str) -> list[Token]:
    """Read `*` and `?` as wildcards."""
    return [_WILD.get(character, character) for character in pattern]


def glob(pattern: str) -> Callable[[str], bool]:
    """Compile a pattern of plain text, `*` and `?`."""
    if "?" not in pattern:
        return _segments(pattern.split("*"))
    return _automaton(tokens(pattern))


def glob_of(pattern: Sequence[Token]) -> Callable[[str], bool]:
    """Compile a pattern whose literal `*` and `?` are told apart from wildcards."""
    if Wild.ONE in pattern:
        return _automaton(pattern)
    segments = [""]
    for token in pattern:
        if isinstance(token, Wild):
            segments.append("")
        else:
            segments[-1] += token
    return _segments(segments)


def _segments(segments: list[str]) -> Callable[[str], bool]:
    if len(segments) == 1:
        return segments[0].__eq__
    first, *middle, last = segments
    middle = [part for part in middle if part]
    least = len(first) + len(last)

    def matches(text: str) -> bool:
        if len(text) < least or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for part in middle:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    return matches


def _automaton(pattern: Sequence[Token]) -> Callable[[str], bool]:
    """Run all partial matches at once, one bit each, so that no pattern makes it backtrack."""
    least = sum(1 for token in pattern if token is not Wild.RUN)
    built: list[_Bits] = []

    def matches(text: str) -> bool:
        if len(text) < least:
            return False
        if not built:
            built.append(_bits(pattern))
        single, loops, exact, accept = built[0]
        state = 1
        for character in text:
            state = ((state & (exact.get(character, 0) | single)) << 1) | (state & loops)
            if not state:
                return False
        return bool(state & accept)

    return matches


_Bits = tuple[int, int, dict[str, int], int]


def _bits(pattern: Sequence[Token]) -> _Bits:
    """Where any character, a run, or which character continues a match; and where one ends."""
    single = 0
    loops = 0
    exact: dict[str, int] = {}
    size = 0
    for token in pattern:
        if token is Wild.RUN:
            loops |= 1 << size
            continue
        if isinstance(token, Wild):
            single |= 1 << size
        else:
            exact[token] = exact.get(token, 0) | 1 << size
        size += 1
    return single, loops, exact, 1 << size
