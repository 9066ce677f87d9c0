"""`irsa lint` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.__main__ import app
from tests.lint.sound import EKS_GUIDE_TRUST, MANIFESTS, TERRAFORM_RAW

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(TERRAFORM_RAW.replace("payments:api", "payments:*"))
    (tmp_path / "trust.json").write_text(EKS_GUIDE_TRUST)
    (tmp_path / "notes.txt").write_text("eks.amazonaws.com/role-arn: nonsense")
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "x.tf").write_text("broken {")
    return tmp_path


def run(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["lint", *arguments], input=stdin)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("folder")
def test_a_folder_is_walked_and_findings_end_in_status_1() -> None:
    status, out, _ = run()

    assert status == 1
    assert out.startswith("infra/main.tf:14:19: error IRSA411 ")
    assert "1 error, 0 warnings in 2 files" in out


@pytest.mark.usefixtures("folder")
def test_nothing_found_ends_in_status_0() -> None:
    assert run("trust.json")[0] == 0


@pytest.mark.usefixtures("folder")
def test_a_missing_file_ends_in_status_2_with_one_sentence() -> None:
    status, out, err = run("gone.yaml")

    assert (status, out) == (2, "")
    assert err == "irsa lint: gone.yaml: No such file or directory\n"


@pytest.mark.usefixtures("folder")
def test_the_severity_that_fails_can_be_chosen() -> None:
    open_trust = EKS_GUIDE_TRUST.replace("StringEquals", "StringLike").replace(
        "payments:api", "*:api"
    )

    assert run("-", stdin=open_trust)[0] == 1
    assert run("--fail-on", "cause", "-", stdin=open_trust)[0] == 0
    assert run("--fail-on", "never")[0] == 0


def test_standard_input_takes_what_helm_and_kustomize_print() -> None:
    status, out, _ = run("-", stdin=MANIFESTS.replace("role/payments-api", "rolepayments-api"))

    assert status == 1
    assert out.startswith("<stdin>:7:33: error IRSA105 ")


@pytest.mark.usefixtures("folder")
def test_json_is_versioned() -> None:
    document = json.loads(run("--format", "json")[1])

    assert document["version"] == 1
    assert (document["causes"], document["risks"], document["files"]) == (1, 0, 2)
    assert document["findings"][0]["place"] == {
        "file": "infra/main.tf",
        "line": 14,
        "column": 19,
        "note": None,
    }


def test_sarif_has_what_code_hosts_need(folder: Path) -> None:
    main = folder / "infra" / "main.tf"
    main.write_text(
        main.read_text().replace(
            'payments:*"]', 'payments:*"] # irsa-doctor: ignore IRSA411 because of history'
        )
    )
    (folder / "app.yaml").write_text(MANIFESTS.replace("3600", "30"))

    status, out, _ = run("--format", "sarif")

    (found,) = json.loads(out)["runs"]
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    for result in found["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        location = result["locations"][0]["physicalLocation"]
        assert (folder / location["artifactLocation"]["uri"]).is_file()
        assert location["region"]["startLine"] > 0
    assert {r["ruleId"]: r["level"] for r in found["results"]} == {
        "IRSA109": "warning",
        "IRSA411": "error",
    }
    ignored = [r["suppressions"] for r in found["results"] if "suppressions" in r]
    assert ignored == [[{"kind": "inSource", "justification": "of history"}]]
    assert status == 1


def test_the_ignore_file_of_the_folder_is_read(folder: Path) -> None:
    (folder / ".irsa-doctor-ignore").write_text("infra/*.tf IRSA411 because it is history\n")

    assert run()[0] == 0
    assert "ignored, because it is history" in run("--details")[1]


def test_the_pre_commit_hook_calls_the_command_on_the_files_that_it_reads() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())

    assert hook["entry"] == "irsa lint"
    assert hook["language"] == "python"


def test_a_hook_may_name_files_that_hold_nothing_of_ours(folder: Path) -> None:
    (folder / "compose.yaml").write_text("services: {web: {image: x}}\n")
    (folder / "broken.yaml").write_text("a: [\n")

    status, out, _ = run("package.json", "compose.yaml", "broken.yaml", "trust.json")

    assert (status, out) == (0, "0 errors, 0 warnings in 1 file that holds something to check\n")


def test_a_file_that_a_person_names_alone_is_never_passed_over_in_silence(folder: Path) -> None:
    (folder / "broken.yaml").write_text("a: [\n")

    assert "package.json: nothing in it that is checked here" in run("package.json")[1]
    assert run("broken.yaml")[0] == 1
    assert "error IRSA001" in run("broken.yaml")[1]
