from __future__ import annotations

import json
import shlex

import yaml

from diagnostics.iam import ready_texts
from tests.iam.building import ISSUER, ROLE, policy, request, statement

TRUST = policy(statement())


def text(tool: str, role: str = ROLE) -> str:
    return dict(ready_texts(role, TRUST))[tool]


def test_the_aws_command_writes_the_policy_and_names_the_role() -> None:
    head, _, rest = text("AWS CLI").partition("\n")
    body, _, command = rest.partition("\nEOF\n")
    assert head == "cat > trust-policy.json <<'EOF'"
    assert json.loads(body) == TRUST.document
    assert shlex.split(command)[:5] == [
        "aws",
        "iam",
        "update-assume-role-policy",
        "--role-name",
        "payments-api",
    ]


def test_the_cloudformation_text_is_yaml_with_the_same_policy() -> None:
    read = yaml.safe_load(text("CloudFormation", ROLE.replace("role/", "role/team/")))
    assert read["Properties"]["AssumeRolePolicyDocument"] == TRUST.document
    assert read["Properties"]["Path"] == "/team/"


def test_the_eksctl_text_is_yaml_for_the_service_account() -> None:
    read = yaml.safe_load(text("eksctl"))
    (account,) = read["iam"]["serviceAccounts"]
    assert account["metadata"] == {"name": "api", "namespace": "payments"}
    assert account["roleName"] == "payments-api"


def test_terraform_reads_variables_as_text() -> None:
    odd = policy(statement({"StringEquals": {f"{ISSUER}:sub": "${aws:RequestTag/x}"}}))
    found = dict(ready_texts(ROLE, odd))["Terraform"]
    assert "$${aws:RequestTag/x}" in found
    assert found.startswith('# in the resource "aws_iam_role"\nassume_role_policy = jsonencode({')


def test_a_role_that_is_no_arn_leaves_a_gap_to_fill() -> None:
    assert "ROLE_NAME" in text("AWS CLI", "not an arn; rm -rf /")
    assert "rm -rf" not in text("AWS CLI", "not an arn; rm -rf /")
    assert request().role_arn == ROLE
