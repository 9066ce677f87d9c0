"""The translations: one gettext catalogue per language, read when it is first spoken."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from diagnostics.languages.language import Language

if TYPE_CHECKING:
    from collections.abc import Mapping


def translation(template: str, language: Language) -> str | None:
    """A template in a language, or None where the catalogue has none."""
    return catalogue(language).get(template)


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Every translated template of a language, by the English one."""
    if language is Language.ENGLISH:
        return {}
    # Babel is imported here: most processes never speak anything but English.
    from babel.messages.pofile import read_po  # noqa: PLC0415  see above

    with (files(__package__) / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language.value)
    return {
        message.id: message.string
        for message in read
        if isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }
