"""Policy variables: `${key}`, `${key, 'default'}`, `${*}`, `${?}` and `${$}`.

Source: IAM User Guide, "IAM policy elements: Variables and tags": Version 2012-10-17 only, in String and ARN operators
only; an unset variable matches nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from diagnostics.iam.wildcard import Token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.iam.keys import Keys

_REFERENCE: Final = re.compile(r"\$\{(\$|[^}$]*)\}")
_DEFAULTED: Final = re.compile(r"([^,']{1,256}?)\s*,\s*'([^']*)'\s*")
_LITERAL: Final = frozenset("*?$")


class Unset(Enum):
    """Why a template has no text."""

    NULL = "null"
    """A variable without value: matches nothing."""
    UNKNOWN = "unknown"
    """A variable whose value only STS knows."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text in which `*` and `?` stand for themselves."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a condition key."""

    name: str
    """Lower case."""
    default: str | None = None


Part = str | Literal | Variable


def has_reference(value: str) -> bool:
    """Whether a value holds a policy variable (or a placeholder that reads as one)."""
    return "${" in value and _REFERENCE.search(value) is not None


def template(value: str) -> tuple[Part, ...]:
    """Split a value at its variables."""
    parts: list[Part] = []
    at = 0
    for match in _REFERENCE.finditer(value):
        if match.start() > at:
            parts.append(value[at : match.start()])
        parts.append(_part(match[1]))
        at = match.end()
    if at < len(value):
        parts.append(value[at:])
    return tuple(parts)


def _part(body: str) -> Part:
    if body in _LITERAL:
        return Literal(body)
    defaulted = _DEFAULTED.fullmatch(body)
    if defaulted:
        return Variable(defaulted[1].strip().lower(), defaulted[2])
    return Variable(body.lower())


def is_fixed(parts: tuple[Part, ...]) -> bool:
    """Whether the text is the same for every call."""
    return not any(isinstance(part, Variable) for part in parts)


def _value(part: Variable, keys: Keys) -> str | Unset:
    values = keys.values.get(part.name)
    if values is not None and len(values) == 1:
        return values[0]
    if keys.unknown(part.name):
        return Unset.UNKNOWN
    return Unset.NULL if part.default is None else part.default


def unknown_variable(values: Iterable[str], keys: Keys) -> str | None:
    """The first variable in some values whose value only STS knows, in lower case; None where there is none."""
    for value in values:
        for part in template(value):
            if isinstance(part, Variable) and keys.unknown(part.name):
                return part.name
    return None


def resolve(parts: tuple[Part, ...], keys: Keys) -> str | Unset:
    """The text of a template in a call."""
    out: list[str] = []
    for part in parts:
        if isinstance(part, Variable):
            value = _value(part, keys)
            if isinstance(value, Unset):
                return value
            out.append(value)
        else:
            out.append(part.text if isinstance(part, Literal) else part)
    return "".join(out)


def resolve_pattern(parts: tuple[Part, ...], keys: Keys) -> list[Token] | Unset:
    """The pattern of a template in a call; wildcards are only those that the policy itself writes."""
    out: list[Token] = []
    for part in parts:
        if isinstance(part, Variable):
            value = _value(part, keys)
            if isinstance(value, Unset):
                return value
            out.extend(value)
        elif isinstance(part, Literal):
            out.extend(part.text)
        else:
            out.extend(tokens(part))
    return out
