"""JSON as IAM's grammar wants it: no key twice, and a line and column for every element.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final, Self, TypeAlias

from diagnostics.iam.problem import VALIDATION_ERROR, PolicyError, Problem

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

MAX_CHARACTERS: Final = 2_000_000
"""Far above IAM's quota, low enough to read in bounded time."""
MAX_DEPTH: Final = 32
"""A trust policy nests six levels."""
_DECODER: Final = json.JSONDecoder()
_BLANK: Final = " \t\n\r"
_SCALAR: Final = re.compile(r"[^\s,\]}:]+")


class NumberText(float):
    """A number with a fraction or exponent that keeps how it was written."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Read the number and remember its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def scalar_text(value: str | float | bool) -> str:  # noqa: FBT001  a JSON value
    """The text of a scalar, as conditions compare it: `true` for True, `1.50` for 1.50."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, NumberText) else str(value)


@dataclass(frozen=True, slots=True)
class Map:
    """Where every element of a text stands, and which keys stand twice."""

    places: dict[str, int] = field(default_factory=dict)
    """Offset of every value, by JSON pointer."""
    keys: dict[str, int] = field(default_factory=dict)
    """Offset of every key, by the JSON pointer of its value."""
    repeated: list[tuple[str, int]] = field(default_factory=list)
    """Pointer and offset of every key that an object already has."""
    too_deep: tuple[str, int] | None = None


def escape(key: str) -> str:
    """One step of a JSON pointer.

    Source: RFC 6901, section 3.
    """
    return key.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """The key or index that a step of a JSON pointer names."""
    return step.replace("~1", "/").replace("~0", "~")


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON value")


def _at(text: str, offset: int, words: str, *, pointer: str = "") -> PolicyError:
    line, column = position(text, offset)
    return PolicyError((Problem(pointer=pointer, words=words, line=line, column=column),))


def read(text: str) -> Json:
    """Read a JSON text.

    Raises:
        PolicyError: It is empty, too long, too deep, not JSON, or has a key twice in one object.
    """
    if not text.strip(_BLANK):
        raise PolicyError(
            (
                Problem(
                    pointer="",
                    words="The document is empty; a policy needs a Statement.",
                    code=VALIDATION_ERROR,
                ),
            )
        )
    if len(text) > MAX_CHARACTERS:
        raise _at(
            text,
            0,
            f"The document has {len(text):,} characters; more than {MAX_CHARACTERS:,} are not read.",
        )
    doubled = False

    def collect(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        nonlocal doubled
        found = dict(pairs)
        doubled = doubled or len(found) != len(pairs)
        return found

    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=collect,
            parse_float=NumberText,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise _at(text, error.pos, f"This is invalid JSON: {_plain(error.msg)}.") from error
    except RecursionError as error:
        raise _too_deep(text) from error
    except ValueError as error:
        raise _at(text, 0, f"This is invalid JSON: {_plain(str(error))}.") from error
    if doubled:
        raise _doubled(text)
    return value


def _plain(message: str) -> str:
    short = message.split(";", 1)[0]
    return short[:1].lower() + short[1:160]


def _too_deep(text: str) -> PolicyError:
    where = chart(text).too_deep or ("", 0)
    return _at(
        text, where[1], f"Nested more than {MAX_DEPTH} levels deep; a policy has six.", pointer=""
    )


def _doubled(text: str) -> PolicyError:
    found = chart(text)
    if found.too_deep is not None and not found.repeated:
        return _too_deep(text)
    problems = []
    for pointer, offset in found.repeated[:50]:
        line, column = position(text, offset)
        key = unescape(pointer.rpartition("/")[2])
        first, _ = position(text, found.keys[pointer])
        words = (
            f'The key "{key[:120]}" stands twice in one object (first on line {first}); JSON readers '
            "keep only the last one, so the first is lost. Merge the two."
        )
        problems.append(Problem(pointer=pointer, words=words, line=line, column=column))
    return PolicyError(tuple(problems))


def chart(text: str) -> Map:  # noqa: C901, PLR0912  one loop over the tokens of JSON
    """Find where every element of a valid JSON text stands, without recursion, in one pass."""
    found = Map()
    stack: list[tuple[str, bool, int]] = []  # pointer, is object, next index
    pointer, i, end = "", 0, len(text)
    expect_key = False
    while i < end:
        char = text[i]
        if char in _BLANK or char == ":":
            i += 1
        elif char == ",":
            parent, is_object, index = stack[-1]
            expect_key = is_object
            if not is_object:
                pointer = f"{parent}/{index}"
                stack[-1] = (parent, False, index + 1)
            i += 1
        elif char in "]}":
            if stack:
                stack.pop()
            expect_key = False
            i += 1
        elif char == '"' and expect_key:
            try:
                key, after = _DECODER.raw_decode(text, i)
            except ValueError:
                return found
            pointer = f"{stack[-1][0]}/{escape(key)}"
            if pointer in found.keys:
                found.repeated.append((pointer, i))
            else:
                found.keys[pointer] = i
            i, expect_key = after, False
        else:
            found.places.setdefault(pointer, i)
            if char in "[{":
                if len(stack) >= MAX_DEPTH:
                    return Map(found.places, found.keys, found.repeated, (pointer, i))
                is_object = char == "{"
                stack.append((pointer, is_object, 1))
                if not is_object:
                    pointer = f"{pointer}/0"
                expect_key = is_object
                i += 1
            elif char == '"':
                try:
                    i = _DECODER.raw_decode(text, i)[1]
                except ValueError:
                    return found
            else:
                scalar = _SCALAR.match(text, i)
                i = scalar.end() if scalar else i + 1
    return found


def write(value: Json, *, indent: int = 2) -> str:
    """Print JSON as the AWS tools do; what is not ASCII is escaped, so that nothing hides."""
    return _write(value, "\n", " " * indent)


def _write(value: Json, newline: str, step: str) -> str:  # noqa: PLR0911  one kind of value each
    if isinstance(value, str):
        return json.dumps(value)
    if value is None:
        return "null"
    inner = newline + step
    if isinstance(value, dict):
        if not value:
            return "{}"
        rows = [f"{json.dumps(k)}: {_write(v, inner, step)}" for k, v in value.items()]
        return "{" + inner + f",{inner}".join(rows) + newline + "}"
    if isinstance(value, list):
        if not value:
            return "[]"
        return "[" + inner + f",{inner}".join(_write(v, inner, step) for v in value) + newline + "]"
    return scalar_text(value)


def copy(value: Json) -> Json:
    """A deep copy, so that edits leave the original alone."""
    if isinstance(value, dict):
        return {key: copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy(item) for item in value]
    return value
