"""JSON text to a tree, without recursion; holes may stand where a value does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import (
    HOLE,
    MOST_DEPTH,
    MOST_NODES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    TreeError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_DECODER: Final = json.JSONDecoder()
_WORD: Final = re.compile(r"[-+.\w]{1,400}")
_BLANK: Final = re.compile(r"[ \t\r\n]*")


def read_json(
    text: str,
    *,
    locate: Callable[[int], tuple[int, int]] | None = None,
    holes: tuple[str, ...] = (),
) -> Node:
    """Read one JSON text.

    Args:
        text: With holes, where it is a template.
        locate: Line and column of an offset; default: those in the text itself.
        holes: The expressions of the text's holes, in order.

    Raises:
        TreeError: It is no JSON, or passes the limits.
    """
    reader = _Reader(text, locate or _Lines(text), holes)
    return reader.read()


class _Lines:
    """Finds lines and columns in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def __call__(self, offset: int) -> tuple[int, int]:
        low, high = 0, len(self._starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._starts[middle] <= offset else (low, middle)
        return low + 1, offset - self._starts[low] + 1


class _Reader:
    def __init__(
        self, text: str, locate: Callable[[int], tuple[int, int]], holes: tuple[str, ...]
    ) -> None:
        self._text = text
        self._locate = locate
        self._holes = holes
        self._used = 0
        self._at = 0
        self._nodes = 0

    def read(self) -> Node:
        stack: list[Sequence | Mapping] = []
        keys: list[Scalar] = []
        while True:
            node = self._value()
            opened = isinstance(node, Sequence | Mapping)
            if stack:
                parent = stack[-1]
                if isinstance(parent, Sequence):
                    parent.items.append(node)
                else:
                    parent.pairs.append((keys.pop(), node))
            if isinstance(node, Sequence | Mapping):
                if len(stack) >= MOST_DEPTH:
                    raise self._fault(f"This is nested deeper than {MOST_DEPTH} levels.")
                stack.append(node)
            done = self._next(stack, keys, opened=opened)
            if done is not None or not stack:
                self._skip()
                if self._at < len(self._text):
                    raise self._fault("This is invalid JSON: something follows the document.")
                return done or node

    def _next(
        self, stack: list[Sequence | Mapping], keys: list[Scalar], *, opened: bool
    ) -> Node | None:
        """Go to where the next value starts; the root where everything is closed."""
        while stack:
            top = stack[-1]
            close = "]" if isinstance(top, Sequence) else "}"
            self._skip()
            char = self._text[self._at : self._at + 1]
            if char == close:
                self._at += 1
                stack.pop()
                if not stack:
                    return top
                opened = False
                continue
            if not opened:
                if char != ",":
                    raise self._fault(f"This is invalid JSON: expected a comma or {close}.")
                self._at += 1
                self._skip()
            if isinstance(top, Mapping):
                keys.append(self._key())
            return None
        return None

    def _key(self) -> Scalar:
        self._skip()
        if self._text[self._at : self._at + 1] != '"':
            raise self._fault("This is invalid JSON: expected a key in double quotes.")
        key = self._string()
        self._skip()
        if self._text[self._at : self._at + 1] != ":":
            raise self._fault("This is invalid JSON: expected a colon after the key.")
        self._at += 1
        return key

    def _value(self) -> Node:
        self._skip()
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._fault(f"This has more than {MOST_NODES:,} values.")
        char = self._text[self._at : self._at + 1]
        line, column = self._locate(self._at)
        if char == "{":
            self._at += 1
            return Mapping(line=line, column=column)
        if char == "[":
            self._at += 1
            return Sequence(line=line, column=column)
        if char == '"':
            return self._string()
        if char == HOLE:
            self._at += 1
            return Scalar(line=line, column=column, text=HOLE, holes=self._take(HOLE))
        word = _WORD.match(self._text, self._at)
        if word is None:
            raise self._fault("This is invalid JSON: expected a value.")
        try:
            value = json.loads(word[0])
        except ValueError:
            raise self._fault(f"This is invalid JSON: {word[0][:40]} is no value.") from None
        self._at = word.end()
        del value
        return Scalar(line=line, column=column, text=word[0], string=False)

    def _string(self) -> Scalar:
        line, column = self._locate(self._at)
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise self._fault(f"This is invalid JSON: {error.msg}.", error.pos) from error
        return Scalar(line=line, column=column, text=value, holes=self._take(value))

    def _take(self, value: str) -> tuple[str, ...]:
        count = value.count(HOLE)
        start, self._used = self._used, self._used + count
        return self._holes[start : self._used]

    def _skip(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _fault(self, words: str, offset: int | None = None) -> TreeError:
        line, column = self._locate(min(self._at if offset is None else offset, len(self._text)))
        return TreeError(words, line=line, column=column)


def embedded(scalar: Scalar) -> Node:
    """Read the JSON that a string holds, such as a policy in a heredoc or under `!Sub |`.

    Raises:
        TreeError: It is no JSON.
    """
    return read_json(scalar.text, locate=scalar.locate, holes=scalar.holes)
