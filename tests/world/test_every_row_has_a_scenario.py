"""Every row of both catalogues, and every valid set-up that must raise no alarm, is a scenario of the world."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnostics.checks.catalogue import catalogue
from sandbox.scenarios.load import scenarios

SHARED = Path(__file__).resolve().parents[3] / "shared"
ROWS = {row for one in scenarios() for row in one.rows}
VALID = {
    "healthy:aws-cn",
    "healthy:aws-us-gov",
    "healthy:cross-account",
    "healthy:custom-audience",
    "healthy:namespace-stringlike",
    "healthy:pod-identity-beside",
    "healthy:self-hosted-webhook",
    "healthy:shared-role",
}
"""Unusual, and right."""


def table(name: str, row: str) -> list[str]:
    if not SHARED.is_dir():
        pytest.skip("the catalogue beside the project is not here to compare with")
    return re.findall(row, (SHARED / name).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_check_is_shown() -> None:
    assert {f"catalogue:{check.code}" for check in catalogue()} <= ROWS


def test_every_valid_set_up_is_shown_and_has_no_cause() -> None:
    shown = {row for one in scenarios() if one.expect.code is None for row in one.rows}

    assert shown >= VALID


def test_every_line_of_the_catalogue_is_shown() -> None:
    codes = table("CATALOGUE.md", r"^\| (IRSA\d{3})")

    assert len(codes) > 60
    assert {f"catalogue:{code}" for code in codes} <= ROWS


def test_every_row_of_the_longer_list_is_shown() -> None:
    numbers = table("CAUSES.md", r"^\| (\d+) \|")

    assert len(numbers) == 81
    assert {f"causes:{number}" for number in numbers} <= ROWS


def test_no_scenario_names_a_row_that_is_not_there() -> None:
    numbers = {f"causes:{n}" for n in table("CAUSES.md", r"^\| (\d+) \|")}
    codes = {f"catalogue:{check.code}" for check in catalogue()}

    assert numbers | codes | VALID >= ROWS
