from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diagnostics.checks.catalogue import catalogue
from diagnostics.recognize import recognize
from sandbox.scenarios.load import ScenarioError, filled, load, scenarios
from sandbox.world.blueprint import blueprint, paste_of
from sandbox.world.landscape import CLUSTERS

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.scenarios.model import Scenario

ARTICLE = {
    *("IRSA101", "IRSA102", "IRSA103", "IRSA104", "IRSA105", "IRSA201", "IRSA301", "IRSA302"),
    *("IRSA402", "IRSA403", "IRSA404", "IRSA405", "IRSA406", "IRSA407", "IRSA408", "IRSA411"),
    "IRSA414",
}
"""What the AWS Knowledge Center article names."""

GOOD = """\
id: one
title: A title
story: A story.
group: Tests
where:
  cluster: prod-eu
  namespace: web
  service_account: api
  workload: {name: api}
  role: web-api
paste: text
expect: {code: null}
"""


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda one: one.id)
def test_every_scenario_can_be_built_and_its_paste_is_a_failure(scenario: Scenario) -> None:
    plan = blueprint(scenario)
    text = paste_of(scenario)

    assert plan.workload["metadata"]["namespace"] == scenario.where.namespace
    assert "$" not in text
    assert recognize(text), "the bot would be silent"
    assert scenario.where.cluster in {cluster.name for cluster in CLUSTERS}


def test_all_that_the_article_names_is_among_the_scenarios() -> None:
    shown = {one.expect.code for one in scenarios()}

    assert shown >= ARTICLE
    assert shown - {None} <= {check.code for check in catalogue()}
    assert sum(one.expect.code is None for one in scenarios()) >= 5


def test_the_articles_failures_come_first() -> None:
    groups = [one.group for one in scenarios()]

    assert groups[0] == "The article's failures"
    assert groups == sorted(groups, key=groups.index)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("id: one", "id: another"), "file and id must be the same"),
        (("title: A title", "titel: A title"), "titel"),
        (("cluster: prod-eu", "cluster: PROD"), "cluster"),
        (("code: null", "code: IRSA999"), "code"),
        (("paste: text", "faults: [{do: explode}]\npaste: text"), "explode"),
        (("paste: text", "paste: [text"), "one.yaml"),
    ],
)
def test_a_wrong_file_is_refused_by_name(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(GOOD.replace(*change))

    with pytest.raises(ScenarioError, match=r"one\.yaml") as raised:
        load([file])

    assert words in str(raised.value)


def test_two_scenarios_may_not_break_the_same_thing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(GOOD.replace("id: one", f"id: {name}"))

    with pytest.raises(ScenarioError, match="share the service account prod-eu web api"):
        load(sorted(tmp_path.glob("*.yaml")))


def test_names_are_filled_in_everywhere_and_a_double_dollar_stays_one() -> None:
    value = {"${a}:sub": ["x-${a}", {"n": 1}], "plain": "$${A}"}

    assert filled(value, {"a": "b"}) == {"b:sub": ["x-b", {"n": 1}], "plain": "${A}"}
    with pytest.raises(KeyError):
        filled("${unknown}", {})
