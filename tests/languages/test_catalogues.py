"""Every sentence is in every language, with the same names in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from diagnostics.languages.said import placeholders
from docs.messages import TRANSLATED, messages, read

if TYPE_CHECKING:
    from diagnostics.languages import Language

_TITLE = 24
"""Characters of a dialog's title and of its buttons; docs.slack.dev, "Views"."""
_BUTTONS = (
    "Diagnose",
    "Diagnose IRSA",
    "Cancel",
    "Apply annotation",
    "Remove annotation",
    "Annotate and restart",
    "Restart pods",
    "Apply trust policy",
    "Add audience",
    "Remove audience",
    "Create OIDC provider",
    "Delete OIDC provider",
    "Undo",
    "Ask for approval",
    "Approve",
    "Approval needed",
    "Not applied",
    "All checks",
    "Keep quiet",
)
LANGUAGES = pytest.mark.parametrize("language", TRANSLATED)


@LANGUAGES
def test_every_message_is_translated_and_nothing_else_is(language: Language) -> None:
    catalogue = read(language)

    missing = [m for m in messages() if not (found := catalogue.get(m)) or not found.string]
    stale = [m.id for m in catalogue if m.id and m.id not in messages()]

    assert (missing, stale) == ([], []), (
        "run `python -m docs.messages`, and translate what is empty"
    )


@LANGUAGES
def test_a_translation_holds_the_same_names_and_the_same_code(language: Language) -> None:
    for message in read(language):
        if not message.id:
            continue
        english, said = str(message.id), str(message.string)
        assert placeholders(said) == placeholders(english), english
        assert sorted(_CODE.findall(said)) == sorted(_CODE.findall(english)), english


@LANGUAGES
def test_a_translation_begins_and_ends_with_the_same_blanks(language: Language) -> None:
    for message in read(language):
        english, said = str(message.id or ""), str(message.string)
        assert english.startswith(" ") <= (said[:1] in {" ", "(", "\uff08"}), english
        assert english.endswith(" ") <= said.endswith(" "), english


@LANGUAGES
@pytest.mark.parametrize("english", _BUTTONS)
def test_titles_and_buttons_of_dialogs_have_room(language: Language, english: str) -> None:
    found = read(language).get(english)

    assert found is not None
    assert len(str(found.string)) <= _TITLE


_CODE = re.compile(
    r"`[^`]+`|sts:\w+|AWS_[A-Z_]+|aws:\w+|IRSA\d{3}|kubectl [a-z]+|/irsa \w+", re.ASCII
)
