"""A policy document being edited, with a record of every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from diagnostics.iam import json_text
from diagnostics.iam.json_text import escape

if TYPE_CHECKING:
    from diagnostics.iam.json_text import Json
    from diagnostics.iam.policy import TrustPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One leaf (or, for an added statement, one subtree) that a repair changes."""

    pointer: str
    """JSON pointer in the corrected document; for what was removed, in the old one."""
    before: str | None
    """What stood there, None where nothing did; JSON text where it was no string."""
    after: str | None
    """What stands there now, None where it was removed."""
    words: str
    """One sentence."""


def shown(value: Json) -> str | None:
    """A value as a change shows it."""
    if value is None or isinstance(value, str):
        return value
    return json_text.write(value)


@dataclass(slots=True)
class Draft:
    """Edits on a copy."""

    document: dict[str, Json]
    changes: list[Change] = field(default_factory=list)
    cost: int = 0
    """Changed leaves."""

    @classmethod
    def of(cls, policy: TrustPolicy, index: int | None = None) -> Draft:
        """Start from a policy; only the statement at `index` (none: only their list) may then be edited."""
        document = dict(policy.document)
        statements = document["Statement"]
        if isinstance(statements, list):
            statements = list(statements)
            if index is not None:
                statements[index] = json_text.copy(statements[index])
            document["Statement"] = statements
        else:
            document["Statement"] = json_text.copy(statements)
        return cls(document)

    def body(self, index: int) -> dict[str, Json]:
        """A statement's JSON."""
        statements = self.document["Statement"]
        body = statements[index] if isinstance(statements, list) else statements
        return cast("dict[str, Json]", body)

    def record(self, pointer: str, before: Json, after: Json, words: str, *, cost: int = 1) -> None:
        """Remember a change that was made."""
        self.changes.append(
            Change(pointer=pointer, before=shown(before), after=shown(after), words=words)
        )
        self.cost += cost

    def replace_or_append(  # noqa: PLR0917  read as: in holder, at key …
        self, holder: dict[str, Json], key: str, pointer: str, new: str, old: str | None, words: str
    ) -> None:
        """Put `new` in the place of `old`, or after the others; a string stays one where it can."""
        value = holder[key]
        if isinstance(value, list):
            if old is None:
                value.append(new)
                self.record(f"{pointer}/{len(value) - 1}", None, new, words)
            else:
                at = next(i for i, item in enumerate(value) if text_of(item) == old)
                self.record(f"{pointer}/{at}", value[at], new, words)
                value[at] = new
        elif old is None:
            holder[key] = [value, new]
            self.record(f"{pointer}/1", None, new, words)
        else:
            holder[key] = new
            self.record(pointer, value, new, words)

    def rename(self, holder: dict[str, Json], old: str, new: str, pointer: str, words: str) -> None:
        """Give a value another key, at the same place in the object."""
        items = [(new if key == old else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)
        self.record(f"{pointer}/{escape(new)}", old, new, words)


def text_of(value: Json) -> str | None:
    """The text of a scalar, None for a list, an object or null."""
    if value is None or isinstance(value, list | dict):
        return None
    return json_text.scalar_text(value)
