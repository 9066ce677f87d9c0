"""Regular expressions in time linear in the text: RE2, or Python's `re` where google-re2 has no wheel.

Patterns keep to what both know: no look-around, no back-references, no repetition beyond 1,000, flags inline at the
start. With `re` a hostile text may take longer, up to the bounds that the callers set on what they search.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol, cast

try:
    import re2
except ImportError:  # pragma: no cover  tested by handing another engine over
    re2 = None

if TYPE_CHECKING:
    from collections.abc import Iterator


class Match(Protocol):
    """One occurrence; group 0 is the whole of it."""

    def __getitem__(self, group: int) -> str: ...
    def group(self, group: int = 0) -> str | None:
        """The text of a group, None where it took no part."""

    def groups(self) -> tuple[str | None, ...]:
        """All groups from 1 on."""

    def start(self, group: int = 0) -> int:
        """Where a group starts."""

    def end(self, group: int = 0) -> int:
        """Where a group ends."""


class Pattern(Protocol):
    """A compiled expression."""

    def search(self, text: str, pos: int = 0, endpos: int = 1 << 62) -> Match | None:
        """Find the first occurrence."""

    def match(self, text: str, pos: int = 0, endpos: int = 1 << 62) -> Match | None:
        """Match at `pos`."""

    def fullmatch(self, text: str) -> Match | None:
        """Match the whole text."""

    def finditer(self, text: str) -> Iterator[Match]:
        """Go through all occurrences."""


def storable(text: str) -> str:
    """Replace what UTF-8 can't hold (lone surrogates), one for one, so that every engine can read the text."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def compile_pattern(pattern: str, *, engine: Any = re2) -> Pattern:
    """Compile an expression with RE2, or with `re` where there is none (`engine=None`)."""
    if engine is None:
        return cast("Pattern", re.compile(pattern, re.ASCII))
    options = engine.Options()
    options.max_mem = 32 << 20
    options.log_errors = False
    return cast("Pattern", engine.compile(pattern, options))
