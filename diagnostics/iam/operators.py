"""Condition operators: how each compares one value of the call with the values of the policy.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from diagnostics.iam.variables import (
    Part,
    Unset,
    has_reference,
    is_fixed,
    resolve,
    resolve_pattern,
    template,
)
from diagnostics.iam.wildcard import Token, Wild, glob, glob_of, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.iam.keys import Keys

FALSE: Final = 0
UNKNOWN: Final = 1
TRUE: Final = 2

Test: TypeAlias = "Callable[[str, Keys], int]"
"""Whether one value of the call matches any value of the policy: FALSE, UNKNOWN or TRUE."""

_ARN_PARTS: Final = 6
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,64}(?:\.\d{0,64})?|\.\d{1,64})")
_DIGITS: Final = re.compile(r"-?\d{1,15}")
_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?)?"
)
_MAX_IP: Final = 64


@dataclass(frozen=True, slots=True)
class Operator:
    """One condition operator without its prefix and suffix."""

    name: str
    compile: Callable[[tuple[str, ...], bool], Test]
    """Takes the policy's values and whether policy variables are read."""
    negated: bool = False


# -- text -----------------------------------------------------------------------------------------


def _fold(text: str) -> str:
    return text.lower()


def _same(text: str) -> str:
    return text


def _member(fixed: frozenset[str], change: Callable[[str], str]) -> Test:
    if change is _same:
        return lambda value, _: TRUE if value in fixed else FALSE
    return lambda value, _: TRUE if change(value) in fixed else FALSE


def _exact(change: Callable[[str], str], values: tuple[str, ...], variables: bool) -> Test:  # noqa: FBT001
    fixed: set[str] = set()
    moving: list[tuple[Part, ...]] = []
    for value in values:
        if variables and has_reference(value):
            parts = template(value)
            if is_fixed(parts):
                fixed.add(change("".join(p if isinstance(p, str) else p.text for p in parts)))  # type: ignore[union-attr]
            else:
                moving.append(parts)
        else:
            fixed.add(change(value))
    simple = _member(frozenset(fixed), change)
    if not moving:
        return simple

    def test(value: str, keys: Keys) -> int:
        result = simple(value, keys)
        wanted = change(value)
        for parts in moving:
            text = resolve(parts, keys)
            if text is Unset.UNKNOWN:
                result = max(result, UNKNOWN)
            elif isinstance(text, str) and change(text) == wanted:
                return TRUE
        return result

    return test


Matcher: TypeAlias = Callable[[str], bool]


def _pattern_test(  # noqa: C901  compile, then a closure
    compile_text: Callable[[str], Matcher],
    compile_tokens: Callable[[list[Token]], Matcher],
    values: tuple[str, ...],
    variables: bool,  # noqa: FBT001
) -> Test:
    plain: set[str] = set()
    fixed: list[Matcher] = []
    moving: list[tuple[Part, ...]] = []
    for value in dict.fromkeys(values):
        if variables and has_reference(value):
            parts = template(value)
            if is_fixed(parts):
                pattern: list[Token] = []
                for part in parts:
                    pattern.extend(tokens(part) if isinstance(part, str) else part.text)  # type: ignore[union-attr]
                fixed.append(compile_tokens(pattern))
            else:
                moving.append(parts)
        elif compile_text is glob and "*" not in value and "?" not in value:
            plain.add(value)
        else:
            fixed.append(compile_text(value))

    def test(value: str, keys: Keys) -> int:
        if value in plain:
            return TRUE
        for matches in fixed:
            if matches(value):
                return TRUE
        result = FALSE
        for parts in moving:
            pattern = resolve_pattern(parts, keys)
            if pattern is Unset.UNKNOWN:
                result = UNKNOWN
            elif isinstance(pattern, list) and compile_tokens(pattern)(value):
                return TRUE
        return result

    return test


def _arn_tokens(pattern: list[Token]) -> Matcher:
    """Each of the six parts by itself; the last one takes the remaining colons."""
    parts: list[list[Token]] = [[]]
    for token in pattern:
        if token == ":" and len(parts) < _ARN_PARTS:  # noqa: S105  a colon
            parts.append([])
        else:
            parts[-1].append(token)
    if len(parts) != _ARN_PARTS:
        return lambda _: False
    matchers = [glob_of(part) for part in parts]

    def matches(value: str) -> bool:
        pieces = value.split(":", _ARN_PARTS - 1)
        if len(pieces) != _ARN_PARTS or pieces[0] != "arn":
            return False
        return all(match(piece) for match, piece in zip(matchers, pieces, strict=True))

    return matches


def _arn(pattern: str) -> Matcher:
    return _arn_tokens(tokens(pattern))


# -- typed values -------------------------------------------------------------------------------


def number(text: str) -> Decimal | None:
    """A decimal number, or None."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def instant(text: str) -> Decimal | None:
    """Seconds since 1970 of an ISO 8601 date or an epoch number, or None.

    Source: W3C note "Date and Time Formats", which the Date operators name.
    """
    if _DIGITS.fullmatch(text):
        return Decimal(text)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day or 1, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    seconds = Decimal(int(moment.timestamp())) + Decimal(f"0.{match[7] or 0}")
    zone = match[8]
    if zone and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        seconds += -offset if zone[0] == "+" else offset
    return seconds


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A CIDR block or a single address, or None."""
    if len(text) > _MAX_IP:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def boolean(text: str) -> bool | None:
    """`true` or `false` in any case, or None."""
    return {"true": True, "false": False}.get(text.lower())


def binary(text: str) -> bytes | None:
    """The bytes of a base64 text, or None."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _compared(
    read: Callable[[str], Decimal | None],
    compare: Callable[[Decimal, Decimal], bool],
    values: tuple[str, ...],
    _variables: bool,  # noqa: FBT001
) -> Test:
    wanted = [parsed for parsed in map(read, values) if parsed is not None]

    def test(value: str, _: Keys) -> int:
        seen = read(value)
        return TRUE if seen is not None and any(compare(seen, w) for w in wanted) else FALSE

    return test


def _typed(
    read: Callable[[str], object | None],
    values: tuple[str, ...],
    _variables: bool,  # noqa: FBT001
) -> Test:
    wanted = {parsed for parsed in map(read, values) if parsed is not None}
    return lambda value, _: TRUE if (p := read(value)) is not None and p in wanted else FALSE


def _address(values: tuple[str, ...], _variables: bool) -> Test:  # noqa: FBT001
    blocks = [block for block in map(network, values) if block is not None]

    def test(value: str, _: Keys) -> int:
        if len(value) > _MAX_IP:
            return FALSE
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return FALSE
        return TRUE if any(address in block for block in blocks) else FALSE

    return test


_LIKE: Final = partial(_pattern_test, glob, glob_of)
_ARN_LIKE: Final = partial(_pattern_test, _arn, _arn_tokens)
_ORDER: Final[tuple[tuple[str, Callable[[Decimal, Decimal], bool]], ...]] = (
    ("Equals", lambda seen, wanted: seen == wanted),
    ("LessThan", lambda seen, wanted: seen < wanted),
    ("LessThanEquals", lambda seen, wanted: seen <= wanted),
    ("GreaterThan", lambda seen, wanted: seen > wanted),
    ("GreaterThanEquals", lambda seen, wanted: seen >= wanted),
)


def _catalogue() -> Iterable[Operator]:
    yield Operator("StringEquals", partial(_exact, _same))
    yield Operator("StringNotEquals", partial(_exact, _same), negated=True)
    yield Operator("StringEqualsIgnoreCase", partial(_exact, _fold))
    yield Operator("StringNotEqualsIgnoreCase", partial(_exact, _fold), negated=True)
    yield Operator("StringLike", _LIKE)
    yield Operator("StringNotLike", _LIKE, negated=True)
    for kind, read in (("Numeric", number), ("Date", instant)):
        for name, compare in _ORDER:
            yield Operator(f"{kind}{name}", partial(_compared, read, compare))
        equal = partial(_compared, read, _ORDER[0][1])
        yield Operator(f"{kind}NotEquals", equal, negated=True)
    yield Operator("Bool", partial(_typed, boolean))
    yield Operator("BinaryEquals", partial(_typed, binary))
    yield Operator("IpAddress", _address)
    yield Operator("NotIpAddress", _address, negated=True)
    yield Operator("ArnEquals", _ARN_LIKE)
    yield Operator("ArnLike", _ARN_LIKE)
    yield Operator("ArnNotEquals", _ARN_LIKE, negated=True)
    yield Operator("ArnNotLike", _ARN_LIKE, negated=True)
    yield Operator("Null", partial(_typed, boolean))


OPERATORS: Final = {operator.name: operator for operator in _catalogue()}
"""By name; prefix (`ForAnyValue:`, `ForAllValues:`) and suffix (`IfExists`) removed."""

__all__ = [
    "FALSE",
    "OPERATORS",
    "TRUE",
    "UNKNOWN",
    "Operator",
    "Test",
    "Wild",
    "binary",
    "boolean",
    "instant",
    "network",
    "number",
]
