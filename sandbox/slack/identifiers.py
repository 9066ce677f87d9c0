"""Identifiers of Slack's shape, counted, so that two runs of a test give the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Identifiers:
    """A counter for every kind of identifier in one workspace."""

    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new(self, prefix: str) -> str:
        """The next identifier, such as `Ev0000000A`: the prefix and eight letters or digits."""
        number = next(self._numbers)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        letters = ""
        for _ in range(8):
            number, rest = divmod(number, len(digits))
            letters = digits[rest] + letters
        return prefix + letters

    def uuid(self) -> str:
        """The next UUID-shaped identifier."""
        number = next(self._numbers)
        return f"{number:08x}-0000-4000-8000-{number:012x}"
