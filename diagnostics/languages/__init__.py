"""The languages that people read: sentences that keep their pieces, and the catalogues that translate them."""

from diagnostics.languages.language import Language
from diagnostics.languages.said import (
    Said,
    Words,
    as_clause,
    as_sentence,
    from_kept,
    joined,
    kept,
    say,
    sentence,
    shortened,
)
from diagnostics.languages.speaking import (
    all_aloud,
    aloud,
    from_now_on,
    in_language,
    speak,
    speaking,
    spoken_language,
)

__all__ = [
    "Language",
    "Said",
    "Words",
    "all_aloud",
    "aloud",
    "as_clause",
    "as_sentence",
    "from_kept",
    "from_now_on",
    "in_language",
    "joined",
    "kept",
    "say",
    "sentence",
    "shortened",
    "speak",
    "speaking",
    "spoken_language",
]
