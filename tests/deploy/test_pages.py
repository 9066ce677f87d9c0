"""What the pages for platform teams say is what there is."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.preflight import needs
from bot.settings import Settings
from bot.store.retention import Retention
from bot.telemetry import Telemetry
from tests.conftest import ROOT

SECURITY = (ROOT / "docs" / "security.md").read_text()
DEPLOY = (ROOT / "docs" / "deploy.md").read_text()
INSTALL = (ROOT / "docs" / "install.md").read_text()
OPERATE = (ROOT / "docs" / "operate.md").read_text()


@pytest.mark.parametrize("action", [a.name for a in needs.READ_ACTIONS])
def test_every_action_of_the_read_role_is_explained(action: str) -> None:
    assert action.partition(":")[2] in SECURITY


def test_no_action_is_named_that_no_identity_has() -> None:
    known = {a.name for a in (*needs.READ_ACTIONS, *needs.FIX_ACTIONS)} | {"sts:AssumeRole"}

    named = set(re.findall(r"`((?:iam|eks|sts|cloudtrail):[A-Z]\w+)`", SECURITY))

    assert named <= known


@pytest.mark.parametrize(
    "page",
    [DEPLOY, INSTALL, OPERATE, SECURITY],
    ids=["deploy", "install", "operate", "security"],
)
def test_every_file_that_is_named_is_there(page: str) -> None:
    named = set(re.findall(r"(?<![\w/])deploy/[\w./-]*\w", page))
    named |= {f"docs/{name}" for name in re.findall(r"\]\(([\w.-]+\.(?:md|json))\)", page)}
    named |= set(re.findall(r"`(diagnostics/[\w./-]+)`", page))
    short = re.findall(r"`((?:cloudformation|terraform|kubernetes)/[\w./-]+)`", page)

    for name in named | {f"deploy/{one}" for one in short}:
        assert (ROOT / name).exists(), name


def test_data_is_kept_as_long_as_the_page_says() -> None:
    keep = Retention()

    for days in (keep.deliveries, keep.jobs, keep.answers, keep.incidents, keep.audit):
        assert f"| {days:.0f} days" in SECURITY


def test_the_runbook_names_each_metric_that_there_is_and_no_others() -> None:
    """In its table, and in the alerts."""
    there = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in Telemetry().registry.collect()
    } - {"irsa_build"}
    named = set(re.findall(r"\birsa_(?!doctor)[a-z_]+", OPERATE))

    assert named == there | {"irsa_build_info", "irsa_diagnosis_seconds_bucket"}


def test_the_runbook_names_settings_that_there_are() -> None:
    assert set(re.findall(r"\bIRSA_[A-Z_]+", OPERATE)) <= set(Settings.variables())


def test_the_alerts_are_rules_that_prometheus_reads() -> None:
    (block,) = re.findall(r"```yaml\n(groups:.+?)```", OPERATE, re.DOTALL)
    (group,) = yaml.safe_load(block)["groups"]

    assert len({rule["alert"] for rule in group["rules"]}) == len(group["rules"])
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "annotations"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["annotations"]["summary"]
