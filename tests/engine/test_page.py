"""The index of checks names every one; tests/test_docs.py holds the pages against the declarations."""

from __future__ import annotations

from diagnostics.checks.catalogue import catalogue
from diagnostics.checks.page import page


def test_the_index_links_to_the_page_of_every_code_once_and_in_order() -> None:
    lines = [line for line in page(catalogue()).splitlines() if line.startswith("- ")]

    assert [line.split("]")[0].removeprefix("- [") for line in lines] == [
        check.code for check in catalogue()
    ]
