"""`irsa trust` through the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import trust
from tests.iam.building import (
    ACTION,
    ISSUER,
    PROVIDER,
    ROLE,
    SHARED,
    SUB,
    document,
    request,
    statement,
)

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion
    from typer.testing import Result

WHO = ["--provider", PROVIDER, "--sub", SUB, "--role", ROLE]
STRAY = statement({"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount: payments:api"}})


@pytest.fixture
def app() -> typer.Typer:
    parent = typer.Typer()
    trust.register(parent)

    @parent.callback()
    def root() -> None:
        pass

    return parent


def run(app: typer.Typer, *arguments: str, text: str | bytes = "") -> Result:
    return CliRunner().invoke(app, ["trust", *arguments], input=text)


def case(body: Any, **more: Any) -> str:
    asked = request()
    sent = {
        "provider_arn": PROVIDER,
        "role_arn": ROLE,
        "claims": dict(asked.claims),
        "session_name": "s",
    }
    return json.dumps({"id": "a", "policy": document(body), "request": {**sent, **more}})


def printed(*bodies: Any) -> str:
    return json.dumps(document(*bodies), indent=2)


@pytest.mark.parametrize(
    ("body", "status", "first"),
    [
        (statement(), 0, "Allowed"),
        (STRAY, 1, "ImplicitDeny"),
        (statement({}, Effect="Deny"), 1, "ExplicitDeny"),
        (statement(Principal={"AWS": "*"}), 3, "Undecided"),
        (statement(Resource="*"), 2, "Allowed"),
    ],
)
def test_evaluate_prints_the_decision_and_ends_with_its_status(
    app: typer.Typer, body: Any, status: int, first: str
) -> None:
    result = run(app, "evaluate", "-", *WHO, text=printed(body))
    assert result.exit_code == status, result.output
    assert result.output.splitlines()[0] == first


def test_evaluate_reads_a_file_and_the_answer_of_get_role(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "role.json"
    file.write_text(
        json.dumps({"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": document(statement())}})
    )
    result = run(app, "evaluate", str(file), "--provider", f"https://{ISSUER}", "--sub", SUB)
    assert (result.exit_code, result.output.splitlines()[0]) == (0, "Allowed")


TAGGED = statement(
    {"StringEquals": {f"{ISSUER}:sub": SUB, "aws:ResourceTag/team": "payments"}},
)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ({"Tags": [{"Key": "Team", "Value": "payments"}]}, "Allowed"),
        ({"Tags": [{"Key": "Team", "Value": "web"}]}, "ImplicitDeny"),
        ({}, "ImplicitDeny"),
        ({"Tags": [7, {"Key": []}, {"Key": "team", "Value": None}]}, "ImplicitDeny"),
    ],
)
def test_evaluate_reads_the_tags_of_a_role(
    app: typer.Typer, role: dict[str, Any], expected: str
) -> None:
    whole = {"Arn": ROLE, "AssumeRolePolicyDocument": document(TAGGED), **role}
    result = run(app, "evaluate", *WHO, text=json.dumps({"Role": whole}))

    assert result.output.split()[0] == expected


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (json.dumps(document(TAGGED)), ()),
        # list-roles leaves tags out; and those of one role say nothing of another.
        (json.dumps({"Arn": ROLE, "AssumeRolePolicyDocument": document(TAGGED)}), ()),
        (
            json.dumps({"Role": {"Arn": ROLE, "AssumeRolePolicyDocument": document(TAGGED)}}),
            ("--role", f"{ROLE}-2"),
        ),
    ],
)
def test_evaluate_leaves_a_condition_on_tags_open_where_they_are_not_told(
    app: typer.Typer, text: str, more: tuple[str, ...]
) -> None:
    result = run(app, "evaluate", *WHO[:4], *more, text=text)

    assert result.exit_code == 3
    assert result.output.splitlines() == [
        "Undecided",
        (
            "/Statement/0/Condition/StringEquals/aws:ResourceTag~1team: "
            'The role\'s tag "team" is not known here; aws iam get-role shows it.'
        ),
        "unknown: aws:ResourceTag/team",
    ]


def test_statements_are_named_by_their_place_in_the_policy(app: typer.Typer) -> None:
    twice = printed(statement(Sid="Same"), statement(Sid="Same"))
    allowed = run(app, "evaluate", *WHO, text=twice).output
    denied = run(
        app, "evaluate", *WHO, text=printed(statement(), statement({}, Effect="Deny"))
    ).output

    assert allowed.splitlines()[1] == "by /Statement/0"
    assert "The Sid stands at /Statement/0/Sid too" in allowed
    assert denied.splitlines()[1].startswith("/Statement/1: This Deny matches the call")


def test_the_mark_that_some_editors_put_first_is_no_fault(app: typer.Typer, tmp_path: Path) -> None:
    text = "\ufeff" + json.dumps(document(statement()))
    path = tmp_path / "trust.json"
    path.write_text(text, encoding="utf-8")

    assert run(app, "evaluate", str(path), *WHO).exit_code == 0
    assert run(app, "evaluate", *WHO, text=text).exit_code == 0


def test_explain_draws_the_line_and_the_caret(
    app: typer.Typer, snapshot: SnapshotAssertion
) -> None:
    result = run(app, "explain", "-", *WHO, text=printed(STRAY))
    assert result.exit_code == 1
    assert result.output == snapshot


def test_explain_spells_out_what_the_eye_cannot_see(app: typer.Typer) -> None:
    body = statement(
        {"StringEquals": {f"{ISSUER}:sub": "system:serviceaccount:\u00a0payments:api"}}
    )
    lines = run(app, "explain", "-", *WHO, text=printed(body)).output.splitlines()
    at = next(i for i, line in enumerate(lines) if " | " in line and "<U+00A0>" in line)
    assert lines[at].index("<U+00A0>") == lines[at + 1].index("^")


def test_explain_of_an_open_context_names_the_unknown_key(app: typer.Typer) -> None:
    body = statement({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    result = run(app, "explain", "-", *WHO, "--open-context", text=printed(body))
    assert result.exit_code == 3
    assert "aws:SourceIp" in result.output


def test_repair_shows_the_diff_and_the_ready_texts(
    app: typer.Typer, snapshot: SnapshotAssertion
) -> None:
    result = run(app, "repair", "-", *WHO, "--ready", text=printed(STRAY))
    assert result.exit_code == 0
    assert result.output == snapshot


def test_repair_leaves_a_deny_to_a_person(app: typer.Typer) -> None:
    result = run(app, "repair", "-", *WHO, text=printed(statement(), statement({}, Effect="Deny")))
    assert result.exit_code == 1
    assert "/Statement/1" in result.output


def test_repair_narrow_closes_what_is_open(app: typer.Typer) -> None:
    result = run(app, "repair", "-", *WHO, "--narrow", text=printed(statement({})))
    assert result.exit_code == 0
    assert f"{ISSUER}:sub" in result.output


@pytest.mark.parametrize(
    ("arguments", "text", "words"),
    [
        (["evaluate", "-"], "{}", "--provider and --sub missing"),
        (["evaluate", "-", *WHO], "{", "invalid JSON"),
        (["evaluate", "-", *WHO], "{}", "Statement is missing"),
        (["evaluate", "/nonexistent/policy.json", *WHO], "", "No such file"),
        (["evaluate", "-", "--provider", "x", "--sub", SUB], printed(statement()), "--provider x"),
        (
            ["evaluate", "-", "--provider", "arn:aws:oidc-provider/x", "--sub", SUB],
            printed(statement()),
            "must be an OIDC provider's ARN",
        ),
        (
            [
                "evaluate",
                "-",
                "--provider",
                PROVIDER.replace("oidc.", "https://oidc."),
                "--sub",
                SUB,
            ],
            printed(statement()),
            "no provider has such an ARN: it must not hold the scheme https://",
        ),
        (
            [
                "evaluate",
                "-",
                "--provider",
                PROVIDER,
                "--sub",
                SUB,
                "--role",
                "arn:aws:iam::1:role/x",
            ],
            printed(statement()),
            "must be the ARN of a role",
        ),
        (["evaluate", "-", *WHO, "--context", "nonsense"], printed(statement()), "KEY=VALUE"),
        (["evaluate", "--ndjson", "/nonexistent"], "", "No such file"),
    ],
)
def test_bad_input_ends_with_two_and_says_what_to_do(
    app: typer.Typer, arguments: list[str], text: str, words: str
) -> None:
    result = run(app, *arguments, text=text)
    assert result.exit_code == 2
    assert words in result.output


def test_many_cases_are_answered_line_by_line_and_a_bad_line_stops_nothing(
    app: typer.Typer,
) -> None:
    lines = [
        case(statement()),
        "not json",
        "[]",
        '{"id": 7}',
        case(statement(Effect="no")),
        case(statement(), claims="x"),
        case(statement(), context={"a": {}}),
        case(statement(), claims={"sub": "s" * 30_000}),
        '{"id": 1, "id": 2}',
        "",
        case(statement(), context={"aws:SourceIp": "203.0.113.9"}),
    ]
    result = run(app, "evaluate", "--ndjson", text="\n".join(lines).encode() + b"\n\xff\xfe\n")
    assert result.exit_code == 0
    found = [json.loads(line) for line in result.output.splitlines()]
    assert found[0] == {"id": "a", "decision": "Allowed", "statement": 0, "reasons": []}
    assert ["error" in row for row in found] == [False, *[True] * 8, False, True]
    assert [row["id"] for row in found] == ["a", None, None, 7, "a", "a", "a", "a", None, "a", None]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [({"team": "payments"}, "Allowed"), ({}, "ImplicitDeny"), (None, "Undecided")],
)
def test_a_line_may_tell_the_roles_tags(
    app: typer.Typer, tags: dict[str, str] | None, expected: str
) -> None:
    result = run(app, "evaluate", "--ndjson", text=case(TAGGED, role_tags=tags))
    wrong = run(app, "evaluate", "--ndjson", text=case(TAGGED, role_tags={"team": 7}))

    assert json.loads(result.output)["decision"] == expected
    assert json.loads(wrong.output)["error"] == "request.role_tags: must be an object of strings"


def test_many_repairs_have_the_agreed_fields(app: typer.Typer) -> None:
    denied = case(statement({}, Effect="Deny"))
    result = run(
        app, "repair", "--ndjson", text="\n".join([case(STRAY), case(statement()), denied])
    )
    first, second, third = (json.loads(line) for line in result.output.splitlines())
    assert set(first) == {"id", "policy", "changes", "decision_before", "decision_after"}
    assert (first["decision_before"], first["decision_after"]) == ("ImplicitDeny", "Allowed")
    assert first["changes"]
    assert second["changes"] == []
    assert second["policy"] == document(statement())
    assert third["policy"] is None
    assert third["decision_after"] == "ExplicitDeny"
    assert "owner" in third["blocked"]


def test_explanations_come_line_by_line_too(app: typer.Typer) -> None:
    row = json.loads(run(app, "explain", "--ndjson", text=case(STRAY)).output)
    assert "␠payments" in row["text"] or "␣payments" in row["text"]
    assert ACTION in case(STRAY)


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the judged cases lie beside the checkout, and are absent here"
)
def test_the_judged_cases_run_through_the_front_door(app: typer.Typer) -> None:
    result = run(app, "evaluate", "--ndjson", str(SHARED / "trust_cases.jsonl"))
    cases = [json.loads(line) for line in (SHARED / "trust_cases.jsonl").read_text().splitlines()]
    rows = [json.loads(line) for line in result.output.splitlines()]
    words = {
        "Allowed": "Allowed",
        "ImplicitlyDenied": "ImplicitDeny",
        "ExplicitlyDenied": "ExplicitDeny",
    }
    assert [(r["id"], r["decision"]) for r in rows] == [
        (c["id"], words[c["oracle"]]) for c in cases
    ]
