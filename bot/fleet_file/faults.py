"""What is wrong with a fleet file, where, and what belongs there."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from diagnostics.errors import IrsaDoctorError

MOST_SHOWN = 50
"""Faults that the message lists; the rest is counted."""


def wrong(words: str) -> PydanticCustomError:
    """What a validator raises. Braces in the text are not placeholders."""
    return PydanticCustomError("fleet", "{words}", {"words": words})


def shown(value: str) -> str:
    """Quote a value for a message, shortened, control characters spelled out."""
    return repr(value if len(value) <= 80 else value[:77] + "…")  # noqa: PLR2004  a readable line


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One fault of a fleet file."""

    line: int
    """From 1; 0 where it is about the file as a whole."""
    column: int
    """From 1, in characters; 0 as the line."""
    field: str
    """Path of the field, such as `clusters[0].region`; empty for the file as a whole."""
    words: str
    """What was found, what is expected, and what to do."""

    def at(self, file: str) -> str:
        """Write it as compilers do: `file:line:column: field: words`."""
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        return f"{place}: {self.field}: {self.words}" if self.field else f"{place}: {self.words}"


class FleetFileError(IrsaDoctorError):
    """A fleet file can't be used; the message lists every fault, one per line.

    Args:
        file: The file as it was named.
        faults: At least one, in any order.
    """

    def __init__(self, file: str, faults: tuple[Fault, ...]) -> None:
        self.file = file
        self.faults = tuple(sorted(set(faults)))
        lines = [fault.at(file) for fault in self.faults[:MOST_SHOWN]]
        if (more := len(self.faults) - MOST_SHOWN) > 0:
            lines.append(f"{file}: and {more} more")
        super().__init__("\n".join(lines))
