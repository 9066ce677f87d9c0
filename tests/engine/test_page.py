"""The page of checks is what the declarations say."""

from __future__ import annotations

from pathlib import Path

from diagnostics.checks.catalogue import catalogue
from diagnostics.checks.page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"


def test_the_page_of_checks_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(catalogue()), (
        'write it: python -c "from tests.engine.test_page import write; write()"'
    )


def test_every_code_has_a_section_to_link_to() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert [c.code for c in catalogue()] == [
        line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")
    ]


def write() -> None:
    PAGE.write_text(page(catalogue()), encoding="utf-8")
