"""A document as a tree in which every value knows where it stands: one shape for YAML, JSON and HCL.

What a document leaves open until it is rendered (a Terraform expression, a CloudFormation reference) is a hole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from diagnostics.errors import IrsaDoctorError

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLE: Final = "\ue000"
"""Stands in a text for one expression whose value is not known."""
MOST_DEPTH: Final = 100
MOST_NODES: Final = 500_000


class TreeError(IrsaDoctorError):
    """A text can't be read as what it should be.

    Args:
        words: One sentence.
        line: From 1.
        column: From 1.
    """

    def __init__(self, words: str, *, line: int, column: int) -> None:
        super().__init__(words)
        self.words = words
        self.line = line
        self.column = column


@dataclass(slots=True, kw_only=True)
class Scalar:
    """A single value."""

    line: int
    column: int
    text: str
    """Holes included; booleans and numbers as written."""
    string: bool = True
    """Whether it is a string rather than a number, boolean or null."""
    plain: bool = False
    """Whether it stands in YAML without quotes, so that another reader may see something else in it."""
    holes: tuple[str, ...] = ()
    """The expressions of its holes, in order, shortened."""
    inside: tuple[tuple[int, int], ...] = ()
    """Line and column of each of its lines, where it is a block; else everything stands at its start."""
    widths: tuple[int, ...] = ()
    """Characters that each hole takes in the source, where they matter for columns."""
    tag: str = ""
    """A short tag such as `!Sub`."""

    @property
    def is_null(self) -> bool:
        """Whether it says nothing."""
        return not self.string and self.text.lower() in ("", "null", "~")

    @property
    def unknown(self) -> bool:
        """Whether nothing of it is known."""
        return self.text == HOLE

    @property
    def shown(self) -> str:
        """The text with its expressions put back."""
        parts = self.text.split(HOLE)
        out = [parts[0]]
        for index, part in enumerate(parts[1:]):
            name = self.holes[index] if index < len(self.holes) else "…"
            out.append(f"${{{name}}}{part}")
        return "".join(out)

    def locate(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        if not self.inside:
            return self.line, self.column
        before = self.text[:offset]
        row = before.count("\n")
        line, column = self.inside[min(row, len(self.inside) - 1)]
        start = before.rfind("\n") + 1
        first, last = before.count(HOLE, 0, start), before.count(HOLE)
        wider = sum(width - 1 for width in self.widths[first:last])
        return line, column + offset - start + wider


@dataclass(slots=True, kw_only=True)
class Sequence:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    tag: str = ""


@dataclass(slots=True, kw_only=True)
class Mapping:
    """A mapping, in order."""

    line: int
    column: int
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)
    tag: str = ""

    def get(self, key: str) -> Node | None:
        """The value of a key, the last one written; None where there is none."""
        for name, value in reversed(self.pairs):
            if name.text == key:
                return value
        return None

    def key(self, key: str) -> Scalar | None:
        """The key itself, for its place."""
        for name, _ in reversed(self.pairs):
            if name.text == key:
                return name
        return None


Node: TypeAlias = Scalar | Sequence | Mapping


def at(node: Node | None, *path: str | int) -> Node | None:
    """Follow keys and indexes; None where the path ends early."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(node, Sequence) or step >= len(node.items):
                return None
            node = node.items[step]
        else:
            if not isinstance(node, Mapping):
                return None
            node = node.get(step)
    return node


def text_at(node: Node | None, *path: str | int) -> str | None:
    """The text at a path; None where there is none, or it is not wholly known."""
    found = at(node, *path)
    if isinstance(found, Scalar) and not found.is_null and HOLE not in found.text:
        return found.text
    return None


def items_at(node: Node | None, *path: str | int) -> list[Node]:
    """The items of the list at a path; a single value counts as a list of one."""
    found = at(node, *path)
    if found is None:
        return []
    return found.items if isinstance(found, Sequence) else [found]


def walk(node: Node) -> Iterator[Node]:
    """A node and everything in it, without recursion."""
    stack = [node]
    seen = 0
    while stack:
        current = stack.pop()
        seen += 1
        if seen > MOST_NODES:
            return
        yield current
        if isinstance(current, Sequence):
            stack.extend(reversed(current.items))
        elif isinstance(current, Mapping):
            stack.extend(value for _, value in reversed(current.pairs))
