"""Label selectors as kubectl writes them: does one match, as far as the labels are known?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST = 2_000


def matches(selector: str, labels: Mapping[str, str], *, complete: bool) -> bool | None:
    """Whether a selector matches; None where that hangs on labels that are not known.

    Args:
        selector: `a=b,c in (d,e),f notin (g),h,!i`; empty selects everything.
        labels: The labels that are known.
        complete: Whether there are no others.
    """
    answer: bool | None = True
    for term in _terms(selector[:_LONGEST]):
        one = _matches(term, labels, complete=complete)
        if one is False:
            return False
        if one is None:
            answer = None
    return answer


def _terms(selector: str) -> Iterator[str]:
    for match in re.finditer(r"(?:[^,(]|\([^)]*\))+", selector):
        term = match[0].strip()
        if term:
            yield term


def _matches(term: str, labels: Mapping[str, str], *, complete: bool) -> bool | None:
    negated = term.startswith("!")
    head, in_, rest = term.lstrip("!").partition(" in (")
    without, notin, others = head.partition(" notin (")
    key, equals, value = without.partition("=")
    if key not in labels and not complete:
        return None
    if in_ or notin:
        values = {v.strip() for v in (rest or others).rstrip(")").split(",")}
        inside = labels.get(key) in values
        return inside if in_ else not inside
    if equals:
        return labels.get(key) == value
    return (key in labels) != negated
