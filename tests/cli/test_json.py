"""What is asked for as JSON is JSON, or nothing at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.lint.sound import EKS_GUIDE_TRUST

if TYPE_CHECKING:
    from pathlib import Path

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{ISSUER}"
CALL = ("--provider", PROVIDER, "--sub", "system:serviceaccount:payments:api")
FILES = {
    "right": EKS_GUIDE_TRUST,
    "wildcard taken literally": EKS_GUIDE_TRUST.replace("payments:api", "payments:*"),
    "wide": EKS_GUIDE_TRUST.replace("StringEquals", "StringLike", 1).replace(":api", ":*"),
    "refused by IAM": '{"Version": "2012-10-17", "Statement": [{"Effect": "allow"}]}',
    "no JSON": "{nope",
    "empty": "",
    "hostile": '{"Statement": "\\ud800\u202e\x00"}',
}


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["evaluate", "explain", "repair", "repair --narrow"])
def test_an_answer_about_a_trust_policy_is_one_object(
    command: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / "trust.json").write_text(FILES[name])

    status, output = run("trust", *command.split(), "--json", str(tmp_path / "trust.json"), *CALL)

    answer = json.loads(output)
    assert (status == 2) == ("error" in answer)
    if "error" in answer:
        assert answer["problems"][0]["line"] >= 1


def test_a_narrowed_policy_is_the_narrowed_one(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text(FILES["wide"])

    _, output = run("trust", "repair", "--narrow", "--json", str(tmp_path / "trust.json"), *CALL)

    answer = json.loads(output)
    assert [c["after"] for c in answer["changes"]]
    assert "payments:*" not in json.dumps(answer["policy"])


@pytest.mark.parametrize(
    ("text", "status"),
    [("AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity", 0), ("hello", 1)],
)
def test_what_a_text_says_is_one_object(text: str, status: int) -> None:
    ended, output = run("recognize", "--json", text)

    assert (ended, json.loads(output)["recognised"]) == (status, status == 0)


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_file_that_cant_be_read_leaves_nothing_on_standard_output(form: str) -> None:
    assert run("lint", "--format", form, "/nonexistent") == (2, "")
    assert run("sweep", "--format", form, "--fleet", "/nonexistent") == (2, "")
