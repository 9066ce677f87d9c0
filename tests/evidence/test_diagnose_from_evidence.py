"""`irsa diagnose --evidence` answers from files alone, and says what they lack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.evidence.healthy import ISSUER, PROVIDER, outputs, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from typer.testing import Result

    Documents = dict[str, Any]


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("IRSA_FLEET_FILE", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))


def diagnose(folder: Path, documents: Documents, *more: str, stdin: bytes | None = None) -> Result:
    arguments = ["diagnose", *more]
    for name, document in documents.items():
        (folder / name).write_text(text_of(name, document), encoding="utf-8")
        arguments += ["--evidence", str(folder / name)]
    return CliRunner().invoke(app, arguments, input=stdin)


def test_a_healthy_set_has_no_cause_and_every_read_names_its_file(tmp_path: Path) -> None:
    result = diagnose(tmp_path, outputs(), "--details")

    assert result.exit_code in (0, 3), result.output
    assert "cluster          prod" in result.output
    assert "payments/api" in result.output
    assert f"evidence {tmp_path / 'role.json'}" in result.output
    assert "  seen  " not in result.output


def _no_annotation(found: Documents) -> None:
    found["sa.yaml"]["metadata"]["annotations"] = {}


def _other_namespace(found: Documents) -> None:
    _condition(found)[f"{ISSUER}:sub"] = "system:serviceaccount:payment:api"


def _wrong_audience(found: Documents) -> None:
    _condition(found)[f"{ISSUER}:aud"] = "sts.amazon.com"


def _no_provider(found: Documents) -> None:
    del found["provider.json"]
    found["providers.json"]["OpenIDConnectProviderList"] = [
        {"Arn": PROVIDER.replace(ISSUER, "token.actions.githubusercontent.com")}
    ]


def _no_provider_at_all(found: Documents) -> None:
    del found["provider.json"]
    found["providers.json"]["OpenIDConnectProviderList"] = []


def _near_provider(found: Documents) -> None:
    _no_provider(found)
    found["providers.json"]["OpenIDConnectProviderList"] = [
        {"Arn": PROVIDER.replace("A1B2", "FFFF")}
    ]


def _wrong_action(found: Documents) -> None:
    _statement(found)["Action"] = "sts:AssumeRole"


def _statement(found: Documents) -> dict[str, Any]:
    policy = found["role.json"]["Role"]["AssumeRolePolicyDocument"]
    statement: dict[str, Any] = policy["Statement"][0]
    return statement


def _condition(found: Documents) -> dict[str, Any]:
    condition: dict[str, Any] = _statement(found)["Condition"]["StringEquals"]
    return condition


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (_no_annotation, "IRSA103"),
        (_other_namespace, "IRSA405"),
        (_wrong_audience, "IRSA408"),
        (_no_provider, "IRSA301"),
        (_no_provider_at_all, "IRSA301"),
        (_near_provider, "IRSA302"),
        (_wrong_action, "IRSA403"),
    ],
)
def test_each_seed_fault_is_named_first_from_files_alone(
    tmp_path: Path, fault: Callable[[Documents], None], code: str
) -> None:
    documents = outputs()
    fault(documents)

    result = diagnose(tmp_path, documents)

    assert result.exit_code == 1, result.output
    first = next(line for line in result.output.splitlines() if "IRSA" in line)
    assert code in first, result.output


@pytest.mark.parametrize(
    ("file", "exit_code", "command"),
    [
        ("role.json", 3, "aws iam get-role --role-name payments-api --output json"),
        ("webhooks.json", 0, "kubectl get mutatingwebhookconfigurations -o yaml"),
        ("pods.yaml", 3, "kubectl get pods --namespace payments -o yaml"),
        ("cluster.yaml", 3, "aws eks describe-cluster --name CLUSTER --output json"),
    ],
)
def test_what_is_missing_is_an_unknown_with_the_command_that_provides_it(
    tmp_path: Path, file: str, exit_code: int, command: str
) -> None:
    documents = outputs()
    del documents[file]

    result = diagnose(tmp_path, documents)

    assert result.exit_code == exit_code, result.output
    assert command in result.output


def test_all_documents_may_come_over_standard_input(tmp_path: Path) -> None:
    text = "\n---\n".join(text_of("x.yaml", one) for one in outputs().values())

    result = diagnose(tmp_path, {}, "--evidence", "-", "--details", stdin=text.encode())

    assert result.exit_code in (0, 3), result.output
    assert "evidence standard input" in result.output


def test_files_and_errors_may_be_utf_16_as_powershell_writes_them(tmp_path: Path) -> None:
    text = "\n---\n".join(text_of("x.yaml", one) for one in outputs().values())

    file = tmp_path / "all.yaml"
    file.write_bytes(text.encode("utf-16"))
    utf_8 = diagnose(tmp_path, {}, "--evidence", "-", stdin=text.encode())
    utf_16 = diagnose(tmp_path, {}, "--evidence", str(file))

    assert utf_16.exit_code == utf_8.exit_code
    assert utf_16.output.splitlines()[0] == utf_8.output.splitlines()[0]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "it is empty"),
        (b"a: \xff", "byte 4 is no text in UTF-8 or UTF-16"),
        (b"Error from server (NotFound)", "expected a mapping"),
        (b"a: &x [1]\nb: *x\n", "document 1: aliases"),
        (b"[" * 5000, "bad.yaml, document 1: no JSON"),
        (b"a: " + b"[" * 5000, "nested deeper"),
        (b'{"a": ' * 100 + b"1" + b"}" * 100, "nested deeper"),
        (b"x" * 4_000_001, "over 4,000,000 bytes"),
        (b"a: b\n", "the output of no command that is known here"),
        (b"kind: ServiceAccount\nmetadata: {name: 'A\\u001b', namespace: x}\n", "metadata.name"),
        (b"kind: ServiceAccount\nmetadata: 3\n", "document 1: metadata"),
        (b"{}\n---\nkind: Pod\n", "document 1"),
        (
            b"kind: Pod\nmetadata: {name: a, namespace: b, creationTimestamp: 2026-01-01T00:00:00}",
            "document 1: metadata: a time has no zone",
        ),
        (b'{"kind": "x", "a": 1}{', "document 2: line 1: no JSON"),
        (b'{"kind": "\\ud800"}', "document 1: it holds half a character"),
        (b'{"Role": {"Arn": "nonsense"}}', "document 1: Role: Arn"),
        (b'{"cluster": []}', "document 1: cluster"),
        (b"a: !!python/object/apply:os.system [x]", "python/object/apply:os.system is not read"),
        (b"a: !!int " + b"1:" * 500_000 + b"1", "the tag tag:yaml.org,2002:int is not read"),
        (b"a: " + b"1:" * 500_000 + b"1", "the output of no command that is known here"),
    ],
)
def test_what_is_no_evidence_is_refused_in_one_sentence(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(raw)

    result = diagnose(tmp_path, {}, "--evidence", str(bad))

    assert result.exit_code == 2, result.output
    assert "bad.yaml" in result.output
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = diagnose(tmp_path, {}, "--evidence", str(tmp_path / "none.json"))

    assert result.exit_code == 2
    assert "none.json: No such file" in result.output


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--namespace", "../../x", "no Kubernetes name"),
        ("--namespace", "Payments", "no Kubernetes name"),
        ("--service-account", "a/b", "no Kubernetes name"),
        ("--role", "arn:aws:iam::1:role/x", "not the ARN of a role"),
    ],
)
def test_a_name_that_nothing_can_have_is_refused_and_not_passed_over(
    tmp_path: Path, option: str, value: str, words: str
) -> None:
    result = diagnose(tmp_path, outputs(), option, value)

    assert result.exit_code == 2
    assert words in result.output
    assert value in result.output


def test_evidence_of_two_clusters_is_refused(tmp_path: Path) -> None:
    documents = outputs()
    other = json.loads(json.dumps(documents["cluster.yaml"]).replace("prod", "stage"))

    result = diagnose(tmp_path, documents | {"other.yaml": other})

    assert result.exit_code == 2
    assert "several clusters (prod and stage)" in result.output


def test_evidence_comes_before_what_the_fleet_file_lets_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "example",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(
        'version: 1\naccounts: [{id: "111122223333", name: shared}]\n'
        "clusters: [{name: prod-eu, account: shared, region: eu-west-1, eks_name: prod}]\n",
        encoding="utf-8",
    )

    result = diagnose(tmp_path, outputs(), "--fleet", str(fleet), "--details")

    assert result.exit_code == 0, result.output
    assert "cluster          prod-eu" in result.output
    assert f"evidence {tmp_path / 'role.json'}" in result.output
    assert "could not be reached" in result.output  # Pod Identity, which the files do not hold
