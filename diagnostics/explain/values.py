"""Facts by their type, where they were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from diagnostics.evidence import Found

if TYPE_CHECKING:
    from diagnostics.gather.graph import Facts

T = TypeVar("T")


def value_of(facts: Facts, kind: type[T]) -> T | None:
    """A fact's value, where it was found."""
    fact = facts.get(kind)
    if isinstance(fact, Found) and isinstance(fact.value, kind):
        return fact.value
    return None
