"""The runbook's own commands, as far as they touch files: on a copy of what is in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import yaml

from bot.fleet_file import load
from tests.conftest import ROOT
from tests.deploy.manifests import KUBECTL

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "operate.md").read_text()
GIVEN = """\
set -eu
ACCOUNT=111122223333 AWS_REGION=eu-west-1 CLUSTER=prod EXTERNAL_ID=0123456789abcdef
BOT_ROLE=arn:aws:iam::111122223333:role/irsa-doctor-bot
IMAGE=111122223333.dkr.ecr.eu-west-1.amazonaws.com/irsa-doctor
"""


def commands(heading: str) -> str:
    """The commands under a step's bold heading."""
    step = PAGE[PAGE.index(f"**{heading}") :].partition("\n**")[0]
    return "\n".join(re.findall(r"^    (.*)$", step, re.MULTILINE))


def test_the_step_that_edits_files_leaves_manifests_that_the_bot_starts_with(
    tmp_path: Path,
) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    bot = tmp_path / "deploy" / "kubernetes" / "bot"

    script = GIVEN + commands("5. What differs from ours.")
    subprocess.run(["bash", "-c", script], cwd=tmp_path, check=True, capture_output=True)

    file = load(bot / "fleet.yaml")
    built = subprocess.run(
        [KUBECTL, "kustomize", bot], check=True, capture_output=True, text=True
    ).stdout
    found = {o["kind"]: o for o in yaml.safe_load_all(built)}
    assert file.fleet.accounts[0].external_id == "0123456789abcdef"
    assert [c.eks_name for c in file.fleet.clusters] == ["prod"]
    annotations = found["ServiceAccount"]["metadata"]["annotations"]
    assert annotations == {
        "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/irsa-doctor-bot"
    }
    (container,) = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["image"].startswith(
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com/irsa-doctor:"
    )


def test_every_command_is_one_that_a_shell_reads() -> None:
    for number in range(8):
        heading = re.search(rf"\*\*{number}\. [^*]+\*\*", PAGE)
        assert heading is not None, number
        words = commands(heading[0].strip("*"))
        done = subprocess.run(
            ["bash", "-n", "-c", words], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), heading[0]
