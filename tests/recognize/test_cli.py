"""`irsa recognize` as people and scripts call it."""
# ruff: noqa: E501  (pastes stand as people paste them)

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.recognize import register

DENIED = (
    "WebIdentityErr: failed to retrieve credentials\\ncaused by: AccessDenied: Not authorized to perform "
    "sts:AssumeRoleWithWebIdentity\\n\\tstatus code: 403, request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a "
    "system:serviceaccount:payments:ledger arn:aws:iam::444455556666:role/ledger"
)


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()

    @app.callback()
    def irsa() -> None:
        """Stand in for the program around the command."""

    register(app)
    return app


def test_one_text_is_described(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["recognize", DENIED])

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "web_identity: STS refused the web-identity call: a trust policy, or a policy above it, does not admit it (AccessDenied)",
        "  message         Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "  role            arn:aws:iam::444455556666:role/ledger",
        "  account         444455556666",
        "  namespace       payments",
        "  service account ledger",
        "  SDK             aws-sdk-go v1",
        "  request ID      0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a",
    ]


def test_standard_input_is_read_and_nothing_recognised_is_status_1(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["recognize", "-"], input="lunch?")

    assert result.exit_code == 1
    assert result.stdout.startswith("Not recognised")


def test_a_secret_is_told_but_not_shown(app: typer.Typer) -> None:
    key = "AKIA" + "QWERTYUIOPASDFGH"

    result = CliRunner().invoke(app, ["recognize", f"{DENIED} {key}"])

    assert "an AWS access key ID" in result.stderr
    assert key not in result.output


def test_each_line_of_ndjson_is_answered_with_all_fields(app: typer.Typer) -> None:
    lines = [
        {"id": "a", "text": DENIED},
        {"id": 2, "text": "lunch?"},
        {"id": None, "text": "NoCredentialProviders: no"},
    ]

    result = CliRunner().invoke(
        app, ["recognize", "--ndjson"], input="\n".join(map(json.dumps, lines))
    )

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert answers[0] == {
        "id": "a",
        "recognised": True,
        "kind": "web_identity",
        "reason": "STS refused the web-identity call: a trust policy, or a policy above it, does not admit it",
        "sts_error_code": "AccessDenied",
        "sdk": "aws-sdk-go v1",
        "role_arn": "arn:aws:iam::444455556666:role/ledger",
        "account_id": "444455556666",
        "region": None,
        "oidc_issuer": None,
        "namespace": "payments",
        "service_account": "ledger",
        "workload": None,
        "request_id": "0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a",
    }
    assert answers[1] == {**dict.fromkeys(answers[0]), "id": 2, "recognised": False}
    assert (answers[2]["id"], answers[2]["recognised"], answers[2]["kind"]) == (
        None,
        True,
        "look_alike",
    )


def test_a_bad_line_is_named_and_the_others_are_answered(app: typer.Typer) -> None:
    result = CliRunner().invoke(
        app, ["recognize", "--ndjson"], input=b'{broken\n\xff\n{"id": 1}\n{"id": 2, "text": "x"}\n'
    )

    assert result.exit_code == 2
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == ["1", "2", "3"]
    assert json.loads(result.stdout)["id"] == 2


def test_ndjson_takes_no_text_beside_it(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["recognize", "--ndjson", "text"])

    assert result.exit_code == 2
    assert "leave the text out" in result.stderr
