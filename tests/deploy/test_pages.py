"""What the pages for platform teams say is what there is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.preflight import needs
from bot.settings import Settings
from bot.store.retention import Retention
from bot.telemetry import Telemetry
from tests.conftest import ROOT
from tests.deploy.manifests import FOLDERS, objects

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
    """In its table; and the alerts ask for no others."""
    there = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in Telemetry().registry.collect()
    } - {"irsa_build"} | {"irsa_build_info"}
    words = re.compile(r"\birsa_(?!doctor)[a-z_]+")

    assert set(words.findall(OPERATE)) == there
    for rule in alerts():
        asked = words.findall(rule["expr"])
        assert {name.removesuffix("_bucket") for name in asked} <= there, rule["alert"]


def test_the_runbook_names_settings_that_there_are() -> None:
    assert set(re.findall(r"\bIRSA_[A-Z_]+", OPERATE)) <= set(Settings.variables())


def test_each_alert_is_a_rule_and_the_runbook_says_what_to_do() -> None:
    rules = alerts()

    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert {rule["alert"] for rule in rules} == set(re.findall(r"`(IrsaDoctor\w+)`", OPERATE))


def test_what_is_scraped_is_the_port_that_the_bot_serves_metrics_on() -> None:
    (monitor,) = (o for o in objects("monitoring") if o["kind"] == "PodMonitor")
    template = next(o for o in objects("bot") if o["kind"] == "Deployment")["spec"]["template"]

    assert monitor["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    (port,) = template["spec"]["containers"][0]["ports"]
    assert (endpoint["port"], endpoint["path"]) == (port["name"], "/metrics")


def alerts() -> list[Any]:
    (found,) = (o for o in objects("monitoring") if o["kind"] == "PrometheusRule")
    (group,) = found["spec"]["groups"]
    return list(group["rules"])


def test_every_folder_of_manifests_is_in_the_guide() -> None:
    assert set(re.findall(r"deploy/kubernetes/([\w-]+)(?![\w.-])", DEPLOY)) >= set(FOLDERS)
