"""`irsa sweep` on the command line, as far as it needs no cloud."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.__main__ import app

if TYPE_CHECKING:
    from pathlib import Path

FLEET = """\
version: 1
accounts:
  - {id: "111122223333", name: shared}
clusters:
  - {name: prod-eu, account: shared, region: eu-west-1, endpoint: "http://127.0.0.1:9", issuer: "https://oidc.example.com/x"}
"""


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["sweep", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    path = tmp_path / "fleet.yaml"
    path.write_text(FLEET)
    return path


def test_a_fleet_that_cannot_be_read_is_incomplete_not_clean(fleet: Path) -> None:
    status, out, _ = run("--fleet", str(fleet))

    assert status == 3
    assert "not read: account 111122223333" in out
    assert "not read: cluster prod-eu" in out
    assert "to enable it:" in out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--cluster", "prod-us"), "cluster 'prod-us' is not in the fleet file"),
        (("--since", "gone.json"), "gone.json: No such file or directory"),
        (("--state", "/nowhere/state"), "--state /nowhere/state: No such file or directory"),
    ],
)
def test_bad_usage_ends_in_status_2_with_one_sentence(
    fleet: Path, more: tuple[str, ...], words: str
) -> None:
    status, out, err = run("--fleet", str(fleet), *more)

    assert (status, out) == (2, "")
    assert err.startswith("irsa sweep: ")
    assert words in err
    assert "Traceback" not in err


def test_a_faulty_fleet_file_ends_in_status_2(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text("version: 1\nacounts: []\n")

    status, _, err = run("--fleet", str(path))

    assert status == 2
    assert "acounts" in err


def test_a_database_that_is_away_ends_in_status_2(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRSA_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/x")

    status, out, err = run("--fleet", str(fleet), "--together")

    assert (status, out) == (2, "")
    assert err == (
        "irsa sweep: the database of IRSA_DATABASE_URL can't be used: ConnectionRefusedError\n"
    )


def test_together_takes_no_file_of_its_own(fleet: Path) -> None:
    status, _, err = run("--fleet", str(fleet), "--together", "--cluster", "prod-eu")

    assert status == 2
    assert "leave out --since, --state and --cluster" in err


def test_together_on_one_machine_keeps_the_last_sweep(
    fleet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRSA_DATABASE_URL", f"sqlite:///{tmp_path}/sweep.db")

    first = run("--fleet", str(fleet), "--together", "--format", "json")
    second = run("--fleet", str(fleet), "--together", "--format", "json")

    assert [first[0], second[0]] == [3, 3]
    assert json.loads(first[1])["since"] is None
    assert json.loads(second[1])["since"] == json.loads(first[1])["finished"]
