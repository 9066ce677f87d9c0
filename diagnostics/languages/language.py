"""The languages there are a catalogue for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """A language that replies can be in, by its ISO 639-1 code."""

    ENGLISH = "en"
    KOREAN = "ko"
    JAPANESE = "ja"

    @classmethod
    def of_locale(cls, locale: str | None) -> Language | None:
        """The language of a Slack locale such as `ko-KR`, or None where there is no catalogue for it.

        Source: docs.slack.dev, users.info, `include_locale` (IETF language codes).
        """
        return _BY_CODE.get(locale.replace("_", "-").partition("-")[0].lower()) if locale else None


_BY_CODE: Final = {language.value: language for language in Language}
