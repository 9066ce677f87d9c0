"""Finds many fixed phrases in one pass over a dense text.

Engine: RE2's set matcher, one automaton for all phrases, linear in the text. Where google-re2 has no wheel
(Alpine's musl, for one) `str.find` does the same, phrase by phrase: linear too, a few times slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

try:
    import re2
except ImportError:  # pragma: no cover  not on our own machines; tested by handing None over
    re2 = None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")


_Matcher: TypeAlias = "Callable[[str], list[int] | None]"


def dense(phrase: str) -> str:
    """Write a phrase as it stands in a dense text: lower case, no white space."""
    return "".join(phrase.lower().split())


class PhraseBook(Generic[T]):
    """Phrases with what each means."""

    def __init__(self, phrases: Mapping[str, T], *, engine: object | None = re2) -> None:
        self._phrases = tuple(dense(p) for p in phrases)
        self._meanings = tuple(phrases.values())
        self._set = _compiled(self._phrases, engine)

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(zip(self._phrases, self._meanings, strict=True))

    def present(self, text: str) -> Iterator[tuple[str, T]]:
        """Go through the phrases that a dense text holds, each once, in the book's order."""
        for index in self._indices(text):
            yield self._phrases[index], self._meanings[index]

    def _indices(self, text: str) -> Iterable[int]:
        if self._set is not None:
            return sorted(self._set(text) or ())
        return [i for i, phrase in enumerate(self._phrases) if phrase in text]


def _compiled(phrases: tuple[str, ...], engine: object | None) -> _Matcher | None:
    if engine is None:
        return None
    options = re2.Options()
    options.literal = True
    options.max_mem = 64 << 20
    options.log_errors = False
    matcher = re2.Set.SearchSet(options)
    for phrase in phrases:
        matcher.Add(phrase)
    matcher.Compile()
    compiled: _Matcher = matcher.Match
    return compiled
