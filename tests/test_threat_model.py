"""The threat model names, for what stops an attack, the test that shows it: each of them exists."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
ACTORS = (
    "Whoever can make text reach the bot",
    "A member, guest or stranger",
    "A compromised cluster",
    "A stolen database",
    "A compromised Slack token",
)


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a file's tests."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[n for _, n in NAMED])
def test_each_named_test_exists(file: str, name: str) -> None:
    assert name in names_in(file)


@pytest.mark.parametrize("actor", ACTORS)
def test_every_attack_of_every_actor_names_a_test(actor: str) -> None:
    section = PAGE.partition(f"### {actor}")[2].partition("\n### ")[0].partition("\n**What")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]

    assert rows
    assert [row for row in rows if "`tests/" not in row] == []
