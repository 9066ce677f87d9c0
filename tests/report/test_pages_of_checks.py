"""Every way to read an answer leads to the check's page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.__main__ import app
from bot.report import markdown, report_of, terminal
from bot.settings import Settings
from diagnostics.checks.catalogue import catalogue
from diagnostics.checks.documentation import documented_at, page_of
from handlers.render import checks_modal, diagnosis_message
from handlers.render.card import Card, Diagnosed
from tests.conftest import ROOT
from tests.evidence.healthy import outputs, text_of
from tests.render import samples

if TYPE_CHECKING:
    from pathlib import Path

    from diagnostics.result import Diagnosis

SITE = "https://docs.example.com/irsa"


@pytest.fixture
def answer() -> Diagnosis:
    return next(a for a in samples.ALL.values() if a.root is not None)


def in_slack(answer: Diagnosis) -> str:
    card = Card(incident_id="0" * 20, first=Diagnosed(diagnosis=answer))
    return json.dumps([diagnosis_message(card).blocks, checks_modal(answer, "0" * 20)])


def in_terminal(answer: Diagnosis) -> str:
    console = Console(width=200, no_color=True)
    with console.capture() as shown:
        console.print(terminal([answer]))
    return shown.get()


def test_with_an_address_every_form_links_the_page(answer: Diagnosis) -> None:
    assert answer.root is not None
    page = f"{SITE}/checks/{answer.root.code}.html"
    with documented_at(SITE):
        shown = [in_slack(answer), in_terminal(answer), markdown([answer])]
        fields = [r.documentation for r in report_of([answer]).diagnoses[0].results]

    assert all(page in one for one in shown)
    assert in_slack(answer).count(page) == 0
    assert page in fields


def test_without_one_the_page_is_named_as_the_project_has_it(answer: Diagnosis) -> None:
    assert answer.root is not None

    assert f"docs/checks/{answer.root.code}.md" in in_terminal(answer)
    assert all((ROOT / page_of(check.code)).is_file() for check in catalogue())


def test_an_address_may_say_itself_where_the_code_stands() -> None:
    with documented_at("https://git.example.com/docs/{code}.md"):
        assert page_of("IRSA103") == "https://git.example.com/docs/IRSA103.md"


def test_the_command_and_the_process_take_the_address_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outputs()
    found["sa.yaml"]["metadata"]["annotations"] = {}
    arguments = ["diagnose"]
    for name, document in found.items():
        (tmp_path / name).write_text(text_of(name, document), encoding="utf-8")
        arguments += ["--evidence", str(tmp_path / name)]
    monkeypatch.setenv("IRSA_DOCS_URL", SITE)

    result = CliRunner().invoke(app, arguments)

    assert f"{SITE}/checks/IRSA103.html" in result.output
    assert Settings.model_validate({"IRSA_DOCS_URL": SITE}).docs_url == SITE
