"""A diagnosis outside Slack: the same facts, in text, Markdown and JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from rich.console import Console

from bot.report import Report, markdown, report_of, terminal
from diagnostics.case import Candidate, Question
from tests.conftest import ROOT
from tests.render import samples

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

QUESTION = Question(
    text="Which cluster is it?",
    missing=("cluster",),
    candidates=(Candidate(target=samples.TARGET, reason="its account holds the role"),),
)


def shown(answer: object, *, details: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=100, color_system=None).print(
        terminal([answer], details=details),  # type: ignore[list-item]
        soft_wrap=True,
    )
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


@pytest.mark.parametrize("name", samples.ALL)
def test_terminal_text_reads_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    assert shown(samples.ALL[name], details=True) == snapshot


@pytest.mark.parametrize("name", samples.ALL)
def test_markdown_reads_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    assert markdown([samples.ALL[name]]) == snapshot


def test_caret_stands_under_the_stray_blank() -> None:
    lines = shown(samples.BLANK_IN_SUBJECT).splitlines()
    seen = next(line for line in lines if line.startswith("  seen"))
    caret = next(line for line in lines if line.strip() == "^")

    assert seen[caret.index("^")] == "␣"


def test_commands_are_never_wrapped_so_that_they_can_be_copied() -> None:
    assert samples.ANNOTATE.command in shown(samples.UNANNOTATED)


def test_question_says_which_options_answer_it() -> None:
    text = shown(QUESTION)

    assert "--cluster prod-eu --namespace payments --service-account api" in text
    assert "say it with: --cluster" in text


@pytest.mark.parametrize("name", samples.ALL)
def test_json_follows_its_published_schema(name: str) -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    document = json.loads(report_of([samples.ALL[name], QUESTION]).model_dump_json())

    assert [e.message for e in Draft202012Validator(schema).iter_errors(document)] == []
    assert Report.model_validate(document) == report_of([samples.ALL[name], QUESTION])


@given(st.text(max_size=200))
def test_no_value_breaks_out_of_its_place_in_markdown(text: str) -> None:
    finding = replace(samples.STRAY_SPACE, seen=text, headline=text, why=text)
    root = samples.failed("IRSA407", finding)
    rendered = markdown([samples.diagnosis(root=root, headline="A cause")])
    kinds = {token.type for token in MarkdownIt().enable("table").parse(rendered)}

    assert "html_block" not in kinds
    links = [c for t in MarkdownIt().parse(rendered) for c in t.children or () if c.type != "text"]
    assert {c.type for c in links} <= {"code_inline", "softbreak", "hardbreak"}
