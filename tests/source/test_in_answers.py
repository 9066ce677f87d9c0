"""For each owner, the answer of a diagnosis gives the change in the owner's form, in Slack and on the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from bot.report.terminal import terminal
from diagnostics.evidence import FieldManager
from handlers.render.dialogs import checks_modal
from tests.engine import faults
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed
from tests.engine.fleet_double import NOON
from tests.source.test_source import ACCOUNTS, ROLES, linted

if TYPE_CHECKING:
    from diagnostics.result import Diagnosis


def read_in_slack(diagnosis: Diagnosis) -> str:
    """All words of the dialog behind the button, whatever block they are in."""

    def words(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["text"]] if isinstance(node.get("text"), str) else []
            return own + [w for value in node.values() for w in words(value)]
        return [w for item in node for w in words(item)] if isinstance(node, list) else []

    return "\n".join(words(checks_modal(diagnosis, "a" * 20)))


def read_in_terminal(diagnosis: Diagnosis) -> str:
    console = Console(width=2_000, record=True, force_terminal=False)
    console.print(terminal([diagnosis], details=True))
    return console.export_text()


FIRST_LINES = {
    "CloudFormation": "Type: AWS::IAM::Role",
    "eksctl": "kind: ClusterConfig",
    "Terraform": 'resource "aws_iam_role" "payments-api" {',
    "Crossplane": "apiVersion: iam.aws.upbound.io/v1beta1",
    "AWS Controllers for Kubernetes": "apiVersion: iam.services.k8s.aws/v1alpha1",
}


@pytest.mark.parametrize("name", ROLES)
async def test_a_trust_policy_is_corrected_in_the_form_of_the_roles_owner(name: str) -> None:
    tags, tool, _ = ROLES[name]
    world = h.healthy()
    wrong = h.role(h.statement(sub="system:serviceaccount:payments:web"))
    world.roles[h.SHARED, wrong.name] = replace(wrong, tags=tags)

    diagnosis = await diagnosed(world, h.case(h.symptom()))

    assert diagnosis.root is not None
    assert diagnosis.root.code == "IRSA406"
    assert diagnosis.correction is not None
    title, text = diagnosis.correction.commands[0]
    assert title.startswith(f"{tool} (owner: ")
    file = "main.tf" if "resource " in text else "change.yaml"
    assert [f.code for f in linted((file, text)).open if f.code != "IRSA409"] == []
    for shown in (read_in_slack(diagnosis), read_in_terminal(diagnosis)):
        assert title in shown
        assert FIRST_LINES[tool] in shown


@pytest.mark.parametrize("name", ACCOUNTS)
async def test_an_annotation_is_given_in_the_form_of_the_service_accounts_owner(name: str) -> None:
    annotations, labels, managers, tool, place = ACCOUNTS[name]
    world = h.healthy()
    faults.annotated(world, None)
    world.accounts[0] = replace(
        world.accounts[0],
        annotations={**world.accounts[0].annotations, **annotations},
        labels=labels,
        managers=tuple(
            FieldManager(manager=m, operation="Apply", time=NOON, annotations=frozenset())
            for m in managers
        ),
    )

    diagnosis = await diagnosed(world, h.case(h.symptom()))

    assert diagnosis.root is not None
    assert diagnosis.root.code == "IRSA103"
    owned = next(r.finding for r in diagnosis.results if r.code == "IRSA110")
    assert owned is not None
    assert place in owned.wanted
    (text,) = owned.commands
    assert h.ROLE in text
    assert {
        f.code for f in linted(("change.tf" if tool == "Terraform" else "change.yaml", text)).open
    } <= {"IRSA001"}
    for shown in (read_in_slack(diagnosis), read_in_terminal(diagnosis)):
        assert place in shown
        assert text.splitlines()[-1].strip() in shown
