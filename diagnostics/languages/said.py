"""A sentence that still knows its template and its values, so that it can be said again in another language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, Union

from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_NAMED: Final = re.compile(r"\{([a-z_]+)\}")
_GLUED: Final = "{head}{tail}"
_JOINED: Final = "{head}{between}{tail}"
_SENTENCE: Final = "{sentence}"
_CLAUSE: Final = "{clause}"


class Said(str):
    """English text, made of a template and the values for its `{names}`.

    It is a plain `str` to whoever only reads English. Adding to it keeps both parts; an f-string, a slice
    or another method of `str` gives plain text, which no longer translates.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, values: Mapping[str, str]) -> Self:
        """Fill the template in English."""
        said = super().__new__(cls, filled(template, values))
        said.template = template
        said.values = values
        return said

    def __add__(self, tail: str) -> Said:
        """Put text behind it."""
        return Said(_GLUED, {"head": self, "tail": tail})

    def __radd__(self, head: str) -> Said:
        """Put text before it."""
        return Said(_GLUED, {"head": head, "tail": self})

    def __reduce__(self) -> tuple[type[Said], tuple[str, Mapping[str, str]]]:
        """Copy and pickle it with its pieces."""
        return Said, (self.template, self.values)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: object) -> core_schema.CoreSchema:
        """Written to JSON as `{"say": template, "with": values}`; `str` beside it in a union stays text."""
        return core_schema.no_info_plain_validator_function(
            from_kept, serialization=core_schema.plain_serializer_function_ser_schema(kept)
        )


Words: TypeAlias = Union[Said, str]  # noqa: UP007  pydantic reads it at run time, in this order
"""Text for people: sentences as `say` makes them, or verbatim values, which no language changes."""


def say(template: str, **values: object) -> Said:
    """Make a sentence: `say("{pod} has no role", pod=name)`.

    Args:
        template: English, with `{names}` in lower case; a literal in the source, since the catalogues are
            extracted from there.
        values: What the names stand for: verbatim values, or words that were said themselves.
    """
    return Said(template, {name: v if isinstance(v, str) else str(v) for name, v in values.items()})


def joined(parts: Iterable[str], between: str) -> Words:
    """Join words as `str.join` does, and keep what was said sayable; without any, the empty string."""
    whole: Words = ""
    for number, part in enumerate(parts):
        whole = Said(_JOINED, {"head": whole, "between": between, "tail": part}) if number else part
    return whole


def shortened(words: Words, limit: int) -> Words:
    """Keep words within a number of characters, at the cost of the longest value, so that a sentence stays whole."""
    over = len(words) - limit
    if over <= 0:
        return words
    if isinstance(words, Said) and words.values:
        name = max(words.values, key=lambda one: len(words.values[one]))
        value = words.values[name]
        if len(value) > over + 1 and not isinstance(value, Said):
            return Said(words.template, {**words.values, name: f"{value[: -over - 1]}…"})
    return f"{words[: limit - 1]}…"


def as_sentence(clause: str) -> Said:
    """Make a sentence of a clause, in whatever language it is said: a capital and a full stop."""
    return Said(_SENTENCE, {"sentence": clause})


def sentence(clause: str | None) -> Said | None:
    """Make a sentence of a clause that may be missing or empty; None of none."""
    return as_sentence(clause) if clause else None


def as_clause(sentence: str) -> Said:
    """Make a part of a sentence of a whole one: its verb in lower case, without the full stop."""
    return Said(_CLAUSE, {"clause": sentence})


def filled(
    template: str, values: Mapping[str, str], speak: Callable[[str], str] | None = None
) -> str:
    """Fill in a template's names, each value as it is, or as `speak` says it; an unknown name stays.

    The value of `{sentence}` gets a capital and a full stop, that of `{clause}` loses them.
    """

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None:
            return match[0]
        words = found if speak is None else speak(found)
        shape = _SHAPES.get(match[1])
        return words if shape is None else shape(words)

    return _NAMED.sub(value, template)


def _sentence(words: str) -> str:
    if words.endswith("。"):
        return words
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _clause(words: str) -> str:
    verb = words.partition(" ")[0]
    start = words[:1].lower() if verb.istitle() else words[:1]
    return f"{start}{words[1:].rstrip('.。')}"


_SHAPES: Final = {"sentence": _sentence, "clause": _clause}


def placeholders(template: str) -> frozenset[str]:
    """The names that a template holds."""
    return frozenset(_NAMED.findall(template))


def from_kept(value: object) -> Said:
    """A sentence out of what `kept` made of it.

    Raises:
        ValueError: If it is none.
    """
    if isinstance(value, Said):
        return value
    if isinstance(value, dict) and isinstance(value.get("say"), str):
        values = value.get("with")
        if isinstance(values, dict) and all(isinstance(name, str) for name in values):
            return Said(
                value["say"],
                {n: v if isinstance(v, str) else from_kept(v) for n, v in values.items()},
            )
    raise ValueError("no sentence with its template and values")


def kept(value: Any) -> Any:
    """A sentence as JSON, for a store or a job: `{"say": template, "with": values}`; other values stay."""
    if not isinstance(value, Said):
        return value
    return {"say": value.template, "with": {n: kept(v) for n, v in value.values.items()}}
