"""What `irsa diagnose` could not check: each thing that would enable it is asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from bot.__main__ import app

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  namespace: payments
  annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/api "}
"""


def diagnosed(file: Path, *options: str) -> str:
    return CliRunner().invoke(app, ["diagnose", "--evidence", str(file), *options]).stdout


def test_what_would_enable_many_checks_is_asked_for_once(tmp_path: Path) -> None:
    (tmp_path / "account.yaml").write_text(ACCOUNT)

    output = diagnosed(tmp_path / "account.yaml")

    assert output.count("to enable it: add the output of `aws eks describe-cluster") == 1
    assert (
        "checks could not be made, because the evidence does not hold the cluster's issuer\n"
        in output
    )
    assert "IRSA301, " in output
    assert len(output.splitlines()) < 40


def test_with_details_each_check_says_so_itself(tmp_path: Path) -> None:
    (tmp_path / "account.yaml").write_text(ACCOUNT)

    output = diagnosed(tmp_path / "account.yaml", "--details")

    assert output.count("to enable it: add the output of `aws eks describe-cluster") > 10
    assert "IRSA301 The role's account has no OIDC provider for the cluster: could not" in output
