"""Every fault of the catalogue is explained in every language, to the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diagnostics.languages import Language, in_language, speaking
from diagnostics.result import Severity, Status
from handlers.render import checks_modal, confirm_modal, diagnosis_message
from handlers.render.card import Card, Diagnosed
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed
from tests.engine.faults import FAULTS, Fault
from tests.languages.reading import SCRIPT, english_in, sentences

if TYPE_CHECKING:
    from diagnostics.result import Diagnosis

LANGUAGES = pytest.mark.parametrize("language", list(SCRIPT))


@LANGUAGES
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.code} {f.name.replace('_', ' ')}")
async def test_a_finding_is_said_whole(fault: Fault, language: Language) -> None:
    world = h.healthy()
    fault.break_it(world)

    diagnosis = await diagnosed(world, fault.case)

    for result in diagnosis.with_status(Status.FAIL):
        finding = result.finding
        assert finding is not None
        for words in (result.title, finding.headline, finding.why, finding.next, finding.note):
            if words:
                _is_said(words, language)
    for words in (
        diagnosis.advice,
        *(diagnosis.correction.changes if diagnosis.correction else ()),
    ):
        if words:
            _is_said(words, language)


@LANGUAGES
async def test_what_could_not_be_read_is_said_whole(language: Language) -> None:
    world = h.healthy()
    world.refuse("list serviceaccounts", "get serviceaccounts", "list pods")

    diagnosis = await diagnosed(world, FAULTS[0].case)

    unread = diagnosis.with_status(Status.ERROR)
    assert unread
    for result in unread:
        assert SCRIPT[language].search(in_language(result.title, language))
    for result in diagnosis.with_status(Status.NOT_CHECKED):
        if result.reason and result.severity is Severity.CAUSE:
            _is_said(result.reason, language)


@LANGUAGES
@pytest.mark.parametrize("fault", FAULTS[::6], ids=lambda f: f.code)
async def test_a_reply_holds_no_english_sentence(fault: Fault, language: Language) -> None:
    world = h.healthy()
    fault.break_it(world)
    diagnosis = await diagnosed(world, fault.case)

    with speaking(language):
        message = diagnosis_message(_card(diagnosis))
        checks = checks_modal(diagnosis, "5f0c27ab0123456789ab")
        dialogs = [confirm_modal(fix, "plan", diagnosis, undoing=False) for fix in diagnosis.fixes]

    assert SCRIPT[language].search(message.text)
    for shown in (message.text, *sentences([message.blocks, checks, dialogs])):
        assert english_in(shown) == [], shown


def _is_said(words: str, language: Language) -> None:
    said = in_language(words, language)
    assert SCRIPT[language].search(said), words
    assert english_in(said) == [], said


def _card(diagnosis: Diagnosis) -> Card:
    return Card(incident_id="5f0c27ab0123456789ab", first=Diagnosed(diagnosis=diagnosis))
