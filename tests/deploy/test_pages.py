"""What the pages for platform teams say is what there is."""

from __future__ import annotations

import re

import pytest

from bot.preflight import needs
from bot.store.retention import Retention
from tests.conftest import ROOT

SECURITY = (ROOT / "docs" / "security.md").read_text()
DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
INSTALL = (ROOT / "docs" / "install.md").read_text()


@pytest.mark.parametrize("action", [a.name for a in needs.READ_ACTIONS])
def test_every_action_of_the_read_role_is_explained(action: str) -> None:
    assert action.partition(":")[2] in SECURITY


def test_no_action_is_named_that_no_identity_has() -> None:
    known = {a.name for a in (*needs.READ_ACTIONS, *needs.FIX_ACTIONS)} | {"sts:AssumeRole"}

    named = set(re.findall(r"`((?:iam|eks|sts|cloudtrail):[A-Z]\w+)`", SECURITY))

    assert named <= known


@pytest.mark.parametrize("page", [DEPLOY, INSTALL, SECURITY], ids=["deploy", "install", "security"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    named = set(re.findall(r"\bdeploy/[\w./-]*\w", page))
    named |= {f"docs/{name}" for name in re.findall(r"\]\(([\w.-]+\.(?:md|json))\)", page)}
    named |= set(re.findall(r"`(diagnostics/[\w./-]+)`", page))
    short = re.findall(r"`((?:cloudformation|terraform|kubernetes)/[\w./-]+)`", page)

    for name in named | {f"deploy/{one}" for one in short}:
        assert (ROOT / name).exists(), name


def test_data_is_kept_as_long_as_the_page_says() -> None:
    keep = Retention()

    for days in (keep.deliveries, keep.jobs, keep.answers, keep.incidents, keep.audit):
        assert f"| {days:.0f} days |" in SECURITY
