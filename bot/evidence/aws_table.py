"""`aws … --output table` to the answer that it was drawn from.

A section is a title between borders, with as many bars at both ends as it is deep; below it stand its values: names
over values, name beside value, or one value per line. Widths decide which, so all three are read.

Source: AWS CLI, `awscli/formatter.py` (TableFormatter) and `awscli/table.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from bot.evidence.fault import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BORDER: Final = re.compile(r"\|*[-+]{3,}\|*")
_MANY: Final = frozenset(("OpenIDConnectProviderList", "Statement", "Tags"))
"""What is a list of objects, among all that is read."""
_LISTS: Final = frozenset(("ClientIDList", "ThumbprintList"))
_DEEPEST: Final = 16

Row = list[str]


@dataclass(slots=True, kw_only=True)
class _Section:
    depth: int
    title: str
    groups: list[list[Row]] = field(default_factory=list)


def of_table(file: str, text: str) -> dict[str, Any]:
    """Read a table.

    Raises:
        EvidenceError: It is cut off, wrapped or nested too deep.
    """
    answer: dict[str, Any] = {}
    stack: list[Any] = []
    for section in _sections(file, text):
        if section.depth == 1:
            if stack:
                raise EvidenceError(f"{file}: several tables in one; pass one at a time")
            stack = [answer]
            _fill(answer, section)
            continue
        if section.depth > len(stack) + 1 or not stack:
            raise EvidenceError(f"{file}: the table's beginning is missing")
        del stack[section.depth - 1 :]
        parent = stack[-1]
        if not isinstance(parent, dict):
            raise EvidenceError(f"{file}: the table is broken at {section.title[:80]!r}")
        stack.append(_added(parent, section))
    if "Url" in answer:
        answer.setdefault("ClientIDList", [])
    return answer


def _sections(file: str, text: str) -> Iterator[_Section]:
    """Rows with what belongs to one title together."""
    section: _Section | None = None
    for border, lines in groupby(text.splitlines(), key=_is_border):
        if border:
            continue
        rows = [row for line in lines if line.strip() for row in [_row(file, line)]]
        for depth, cells in (
            (d, [c for _, c in some]) for d, some in groupby(rows, lambda r: r[0])
        ):
            if section is not None and section.depth == depth and _belongs(section, cells):
                section.groups.append(cells)
                continue
            if len(cells) != 1 or len(cells[0]) != 1 or depth > _DEEPEST:
                raise EvidenceError(f"{file}: the table is cut off or wrapped; use --output json")
            if section is not None:
                yield section
            section = _Section(depth=depth, title=cells[0][0].strip())
    if section is not None:
        yield section


def _belongs(section: _Section, rows: list[Row]) -> bool:
    """Whether rows after a border are values of the section: its first, or those under a line of names."""
    if not section.groups:
        return True
    if len(section.groups) > 1 or len(section.groups[0]) != 1:
        return False
    names = section.groups[0][0]
    if len(names) == 1 and section.title not in _MANY:
        return False
    return all(len(row) == len(names) for row in rows)


def _is_border(line: str) -> bool:
    return _BORDER.fullmatch(line.strip()) is not None


def _row(file: str, line: str) -> tuple[int, Row]:
    line = line.strip()
    depth = len(line) - len(line.lstrip("|"))
    if not depth or not line.endswith("|" * depth):
        raise EvidenceError(f"{file}: the table is cut off or wrapped; use --output json")
    return depth, [cell.removeprefix("  ").rstrip() for cell in line[depth:-depth].split("|")]


def _added(parent: dict[str, Any], section: _Section) -> Any:
    """Put a section's values under its title; what holds the sections below it."""
    if section.title in _MANY:
        items = [dict(pairs) for pairs in _objects(section)] or [{}]
        known = parent.setdefault(section.title, [])
        known.extend(items)
        return known[-1]
    if section.groups and all(len(row) == 1 for row in section.groups[0]):
        values = [row[0] for row in section.groups[0]]
        parent[section.title] = values
        return values
    inner: dict[str, Any] = {}
    _fill(inner, section)
    parent[section.title] = inner
    return inner


def _fill(into: dict[str, Any], section: _Section) -> None:
    for pairs in _objects(section):
        into.update(pairs)


def _objects(section: _Section) -> Iterator[Iterable[tuple[str, Any]]]:
    """The objects of a section, each as names and values."""
    if len(section.groups) == 2:  # noqa: PLR2004  names, then values
        names = [name.strip() for name in section.groups[0][0]]
        for row in section.groups[1]:
            yield [(n, _value(v)) for n, v in zip(names, row, strict=True) if v]
    elif section.groups:
        yield [(row[0].strip(), _value(row[1])) for row in section.groups[0] if len(row) > 1]


def _value(cell: str) -> str | None:
    return None if cell in ("None", "") else cell


__all__ = ["of_table"]
