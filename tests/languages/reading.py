"""What of a message people read as sentences, and whether English is left in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.languages import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT: Final = {
    Language.KOREAN: re.compile(r"[가-힣]"),
    Language.JAPANESE: re.compile(r"[ぁ-んァ-ヶ一-龠]"),
}
_ENGLISH: Final = re.compile(
    r"\b(?:the|that|which|does|its|not|have|from|with|this|than|what|only|where|until|could|"
    r"you|your|here|are|was|were|an|and|for|by|as)\b",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"`[^`]*`|[a-z]+(?:-[a-z0-9]+)+|\"[^\"]*\"|<[^>]*>|\S+[/:.]\S+")
"""Commands, values, links, times and names: the same in every language."""


def english_in(text: str) -> list[str]:
    """English words that only a sentence has."""
    return _ENGLISH.findall(_CODE.sub("", text))


def sentences(node: object) -> Iterator[str]:
    """Every text of blocks or a view, without what is shown as code."""
    if isinstance(node, list):
        for one in node:
            yield from sentences(one)
    if not isinstance(node, dict) or node.get("type") == "rich_text_preformatted":
        return
    style = node.get("style")
    if isinstance(style, dict) and style.get("code"):
        return
    for key, value in node.items():
        if key in ("text", "accessibility_label", "alt_text") and isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            yield from sentences(value)
