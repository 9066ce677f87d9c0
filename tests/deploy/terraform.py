"""The Terraform modules under `deploy/`, evaluated by Terraform's own language, without a provider or a registry."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import tfparse  # type: ignore[import-untyped]

from tests.deploy.templates import ACCOUNT, DEPLOY

MODULES: Final = sorted(path.name for path in (DEPLOY / "terraform").iterdir() if path.is_dir())
_READ: Final = {
    "data.aws_partition.here.partition": '"aws"',
    "data.aws_partition.here.dns_suffix": '"amazonaws.com"',
    "data.aws_caller_identity.here.account_id": f'"{ACCOUNT}"',
    "data.aws_region.here.region": '"eu-west-1"',
}
"""What the AWS provider would read."""


class Module:
    """A module with its variables filled in.

    Args:
        name: Folder in `deploy/terraform`.
        variables: As given; the module's defaults beneath them.
    """

    def __init__(self, name: str, **variables: object) -> None:
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            shutil.copytree(DEPLOY / "terraform" / name, here, dirs_exist_ok=True)
            for path in here.glob("*.tf"):
                text = path.read_text()
                for reference, value in _READ.items():
                    text = text.replace(reference, value)
                path.write_text(text)
            (here / "terraform.tfvars.json").write_text(json.dumps(variables))
            self.found: dict[str, list[Any]] = tfparse.load_from_path(
                folder, stop_on_hcl_error=True, vars_paths=["terraform.tfvars.json"]
            )
        declared = {one["__tfmeta"]["label"] for one in self.found.get("variable", ())}
        assert set(variables) <= declared, f"{name} has no variable {set(variables) - declared}"

    def resources(self, kind: str) -> dict[str, Any]:
        """The resources of a kind that these variables make, by their label."""
        return {
            one["__tfmeta"]["path"].partition(".")[2].partition("[")[0]: one
            for one in self.found.get(kind, ())
        }

    def statements(self) -> list[Any]:
        """All statements of the policies that these variables attach."""
        policies = self.resources("aws_iam_role_policy").values()
        return [s for one in policies for s in json.loads(one["policy"])["Statement"]]
