"""Reading untrusted JSON by pointer, collecting what is wrong instead of stopping at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from handlers.blockkit.faults import Breach, Fault

Node: TypeAlias = Mapping[str, object]

_SHOWN = 60


@dataclass(slots=True)
class Reading:
    """One pass over one payload.

    Attributes:
        surface: `message`, `modal` or `home`.
        faults: What was found wrong, in reading order.
    """

    surface: str
    faults: list[Fault] = field(default_factory=list)
    block_ids: dict[str, str] = field(default_factory=dict)
    markdown: int = 0
    tables: int = 0

    def fault(self, pointer: str, words: str, breach: Breach = Breach.BLOCKS) -> None:
        """Record one fault."""
        self.faults.append(Fault(pointer=pointer, words=words, breach=breach))

    def node(self, value: object, pointer: str, what: str) -> Node | None:
        """The value as an object, or None after recording that it is none."""
        if isinstance(value, Mapping):
            return value
        self.fault(pointer, f"{what} must be an object, not {_shown(value)}")
        return None

    def array(
        self, value: object, pointer: str, what: str, *, least: int = 1, most: int
    ) -> list[object]:
        """The value as a list of `least` to `most` items; an empty list after recording otherwise."""
        if not isinstance(value, list):
            self.fault(pointer, f"{what} must be an array, not {_shown(value)}")
            return []
        if len(value) < least:
            self.fault(pointer, f"{what} holds {len(value)} items; at least {least} are needed")
        if len(value) > most:
            self.fault(pointer, f"{what} holds {len(value)} items; at most {most} are allowed")
        return value

    def string(
        self, value: object, pointer: str, what: str, *, most: int, least: int = 1
    ) -> str | None:
        """The value as a string of `least` to `most` characters, or None."""
        if not isinstance(value, str):
            self.fault(pointer, f"{what} must be a string, not {_shown(value)}")
            return None
        if len(value) < least:
            self.fault(pointer, f"{what} must not be empty")
        if len(value) > most:
            self.fault(pointer, f"{what} has {len(value)} characters; at most {most} are allowed")
        return value

    def optional_string(
        self, node: Node, key: str, pointer: str, *, most: int, least: int = 0
    ) -> None:
        """The same for a field that may be missing."""
        if key in node:
            self.string(node[key], f"{pointer}/{key}", key, most=most, least=least)

    def one_of(self, value: object, pointer: str, what: str, allowed: Iterable[str]) -> bool:
        """Whether the value is among the allowed, recording a fault if not."""
        names = sorted(allowed)
        if isinstance(value, str) and value in names:
            return True
        self.fault(pointer, f"{what} {_shown(value)} is not one of {', '.join(names)}")
        return False


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
