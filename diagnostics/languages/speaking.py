"""Say sentences in the language of whoever reads them."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from diagnostics.languages.catalogues import translation
from diagnostics.languages.language import Language
from diagnostics.languages.said import Said, filled, say

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

_SPOKEN: Final[ContextVar[Language]] = ContextVar("language", default=Language.ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Have everything within be said in a language; set where it is known who reads, and nowhere else."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def from_now_on(language: Language) -> None:
    """Have the rest of this task be said in a language, where no block encloses what it says."""
    _SPOKEN.set(language)


def spoken_language() -> Language:
    """The language that is being spoken here."""
    return _SPOKEN.get()


def speak(template: str, **values: object) -> str:
    """Say a sentence at once in the language that is being spoken; for views, where `say` is for findings."""
    return aloud(say(template, **values))


def aloud(words: str) -> str:
    """Words in the language that is being spoken; text that was never said stays as it is."""
    return in_language(words, _SPOKEN.get())


def in_language(words: str, language: Language) -> str:
    """Words in a language; English where its catalogue has no such sentence."""
    if not isinstance(words, Said):
        return words
    if language is Language.ENGLISH:
        return str(words)
    template = translation(words.template, language) or words.template
    return filled(template, words.values, lambda value: in_language(value, language))


def all_aloud(value: T) -> T:
    """A noun with all its words in the language that is being spoken: dataclasses and tuples are gone through.

    The shape stays: what held sentences holds plain text afterwards.
    """
    said: T = _aloud(value)
    return said


def _aloud(value: Any) -> Any:
    if isinstance(value, Said):
        return aloud(value)
    if isinstance(value, tuple):
        parts = tuple(_aloud(one) for one in value)
        return parts if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for one in fields(value):
            before = getattr(value, one.name)
            after = _aloud(before)
            if after is not before:
                changed[one.name] = after
        return replace(value, **changed) if changed else value
    return value
