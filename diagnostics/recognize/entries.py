"""Cuts a reading into the log entries that hold words which matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.look_alikes import LOOK_ALIKES
from diagnostics.recognize.phrases import PhraseBook
from diagnostics.recognize.sdks import BEFORE_THE_CALL, CALL_FAILED, MENTIONS
from diagnostics.recognize.signs import Says, Sign
from diagnostics.recognize.sts import CODE_PHRASES, MESSAGES
from diagnostics.recognize.symptom import Cause
from diagnostics.recognize.unwrap import starts_entry

if TYPE_CHECKING:
    from diagnostics.recognize.unwrap import Reading

_BOOK = PhraseBook(
    {**MENTIONS, **LOOK_ALIKES, **BEFORE_THE_CALL, **CALL_FAILED, **CODE_PHRASES, **MESSAGES}
)
_OCCURRENCES = 12
"""Of one phrase in one text: more are the same failure again."""
_LINES_BACK, _LINES_ON = 60, 80
_ENTRY_CHARACTERS = 12_000

_NODE_ROLE = compile_pattern(
    r"(?i)assumed-role/[^/\s]{1,80} ?[^/\s]{0,64}/i-[0-9a-zA-Z]{3,17}"
    r"|assumed-role/[\w+=,.@-]{0,64}Node(?:Instance)?Role|role/[\w+=,.@/-]{0,128}NodeInstanceRole"
    r"|assumed-role/[\w+=,.@-]{0,64}/(?:INSTANCE|NODE)",
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One occurrence of a phrase."""

    at: int
    """Offset in the dense text."""
    length: int
    line: int
    column: int
    sign: Sign


@dataclass(frozen=True, slots=True)
class Entry:
    """One log entry."""

    first: int
    """Its first line."""
    last: int
    text: str
    """Its lines, shortened."""
    anchors: list[Anchor]
    """At least one, in their order."""


def entries(reading: Reading) -> list[Entry]:
    """The entries that hold a phrase, in their order."""
    found: list[Entry] = []
    for anchor in _anchors(reading):
        if found and anchor.line <= found[-1].last:
            found[-1].anchors.append(anchor)
            continue
        after = found[-1].last if found else -1
        first, last = _bounds(reading.lines, anchor.line, after=after)
        text = "\n".join(reading.lines[first : last + 1])[:_ENTRY_CHARACTERS]
        found.append(Entry(first, last, text, [anchor]))
    return found


def _anchors(reading: Reading) -> list[Anchor]:
    found: list[Anchor] = []
    text = reading.dense
    for phrase, sign in _BOOK.present(text):
        at = -1
        for _ in range(_OCCURRENCES):
            at = text.find(phrase, at + 1)
            if at < 0:
                break
            line, column = reading.locate(at)
            found.append(Anchor(at, len(phrase), line, column, sign))
    if len(found) < _OCCURRENCES * 2 and (node := _NODE_ROLE.search(reading.text)) is not None:
        line = reading.text.count("\n", 0, node.start())
        at = reading.span(line, line)[0]
        found.append(Anchor(at, 1, line, 0, Sign(Says.LOOK_ALIKE, Cause.NODE_ROLE)))
    found.sort(key=lambda a: a.at)
    return found


def _bounds(lines: tuple[str, ...], line: int, *, after: int) -> tuple[int, int]:
    first = line
    while first - 1 > after and line - first < _LINES_BACK and not starts_entry(lines[first]):
        first -= 1
    last = line
    while last + 1 < len(lines) and last - line < _LINES_ON and not starts_entry(lines[last + 1]):
        last += 1
    return first, last
