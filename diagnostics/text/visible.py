"""Values shown so that nothing in them hides."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NO_BLANKS: Final = re.compile(r"\s*(?:arn|system|https?):|\s*sts\.")
"""The start of a value that never holds a blank: an ARN, a subject, an issuer, an audience."""
_HIDING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """Spell out what the eye can't see: control, format and odd space characters, and misplaced blanks.

    A blank becomes `␣` (U+2423) at either end of a value, and anywhere in an ARN, a subject, an issuer or
    an audience, which never hold one; nor do these hold letters beyond ASCII, such as a Cyrillic look-alike.
    """
    if _NO_BLANKS.match(text):
        return "".join(
            f"<U+{ord(one):04X}>" if not one.isascii() and one.isalnum() else _shown(one)
            for one in text
        ).replace(" ", "␣")
    inner = text.strip(" ")
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(inner) - before
    return "␣" * before + "".join(_shown(character) for character in inner) + "␣" * after


def visible_words(text: str) -> str:
    """The same of our own words about a value: they may go on after an ARN, where a blank is no fault."""
    return " ".join(visible(word) for word in text.split(" "))


def _shown(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    category = unicodedata.category(character)
    if category in _HIDING or (category == "Zs" and character != " "):
        return f"<U+{ord(character):04X}>"
    return character
