"""The same reads by hand: `aws` and `kubectl`, one command after another, as the article goes about it.

To the hand's favour, nobody types, reads or thinks; each account's role is assumed once, the cluster's token is made
once (a kubeconfig of `aws eks update-kubeconfig` makes one for each command), the four kinds of workloads count as one
command, and kubectl asks for paths, so that it needs no discovery.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnostics.fleet import Fleet
    from diagnostics.journal import Call

_TOOLS: Final = Path(".cache/awscli")
_PLURALS: Final = {
    "serviceaccounts": "/api/v1",
    "pods": "/api/v1",
    "mutatingwebhookconfigurations": "/apis/admissionregistration.k8s.io/v1",
    "cronjobs": "/apis/batch/v1",
}
_APPS: Final = "/apis/apps/v1"
_TOGETHER: Final = frozenset({"deployments", "statefulsets", "daemonsets", "cronjobs"})
"""One `kubectl get` asks for all of them: only the first is asked for here."""


class NoTools(Exception):
    """`aws` or `kubectl` is not here; the message says how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The two commands."""

    aws: str
    kubectl: str

    @classmethod
    def found(cls) -> Tools:
        """Install awscli beside the project's own environment, and look for kubectl (KUBECTL, or on PATH).

        Raises:
            NoTools: One of them is missing.
        """
        kubectl = os.environ.get("KUBECTL") or shutil.which("kubectl")
        if kubectl is None:
            raise NoTools("kubectl is not on PATH (Debian: apt-get install kubernetes-client)")
        aws = _TOOLS / "bin" / "aws"
        if not aws.exists():
            uv = shutil.which("uv") or shutil.which("uv", path=".cache/bootstrap/bin")
            if uv is None:
                raise NoTools("awscli is not installed, and there is no uv to install it")
            # Not among the project's dependencies: it pins another botocore than ours.
            for command in (
                [uv, "venv", "--quiet", str(_TOOLS)],
                [
                    *(uv, "pip", "install", "--quiet", "--compile-bytecode"),
                    *("--python", str(_TOOLS / "bin" / "python"), "awscli"),
                ],
            ):
                if subprocess.run(command, check=False).returncode:
                    raise NoTools(f"{command[1]} failed to install awscli")
        return cls(aws=str(aws.resolve()), kubectl=kubectl)

    def versions(self) -> str:
        """What they say they are."""
        aws = subprocess.run([self.aws, "--version"], check=True, capture_output=True, text=True)
        said = subprocess.run(
            [self.kubectl, "version", "--client", "--output=json"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        kubectl = json.loads(said.stdout)["clientVersion"]["gitVersion"]
        return f"{aws.stdout.split()[0]}, kubectl {kubectl}"


@dataclass(slots=True, kw_only=True)
class Hand:
    """One person at a terminal, with nothing in hand at first."""

    tools: Tools
    fleet: Fleet
    environ: Mapping[str, str]
    folder: Path
    commands: int = 0
    _accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    _configs: dict[str, Path] = field(default_factory=dict)

    def repeat(self, calls: Sequence[Call]) -> float:
        """Make the reads of a diagnosis again, in its order; the seconds that they took.

        Raises:
            subprocess.CalledProcessError: A command failed otherwise than by finding nothing.
        """
        start = time.perf_counter()
        done: set[tuple[str, ...]] = set()
        for call in calls:
            if call.cluster is None:
                self._aws(call, done)
            elif call.operation.partition(" ")[0] in ("get", "list"):
                self._kubectl(call, done)
        return time.perf_counter() - start

    def _aws(self, call: Call, done: set[tuple[str, ...]]) -> None:
        words = _words(call)
        if words is None:
            return
        key = (call.account or "", call.region or "", *words)
        if key in done:
            return
        done.add(key)
        environ = dict(self.environ)
        if call.operation == "AssumeRole":
            account = call.account or ""
            said = self._run([*words, "--role-session-name", "me"], environ)["Credentials"]
            self._accounts[account] = {
                "AWS_ACCESS_KEY_ID": said["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": said["SecretAccessKey"],
                "AWS_SESSION_TOKEN": said["SessionToken"],
            }
            return
        if call.service != "organizations":
            environ |= self._accounts.get(call.account or "", {})
        said = self._run([*words, "--region", call.region or ""], environ)
        if call.operation == "DescribeCluster":
            self._configure(call, said["cluster"], environ)

    def _configure(self, call: Call, cluster: dict[str, Any], environ: dict[str, str]) -> None:
        """Write the kubeconfig, with a token that is made once."""
        name = cluster["name"]
        token = self._run(
            ["eks", "get-token", "--cluster-name", name, "--region", call.region or ""], environ
        )["status"]["token"]
        alias = next(
            c.name
            for c in self.fleet.clusters
            if (c.account, c.region, c.eks_name) == (call.account, call.region, name)
        )
        ca = self.folder / f"{alias}.pem"
        ca.write_bytes(base64.b64decode(cluster["certificateAuthority"]["data"]))
        config = self.folder / f"{alias}.json"
        config.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "c",
                    "clusters": [
                        {
                            "name": "c",
                            "cluster": {
                                "server": cluster["endpoint"],
                                "certificate-authority": str(ca),
                            },
                        }
                    ],
                    "users": [{"name": "u", "user": {"token": token}}],
                    "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                }
            ),
            encoding="utf-8",
        )
        self._configs[alias] = config

    def _kubectl(self, call: Call, done: set[tuple[str, ...]]) -> None:
        verb, plural = call.operation.split(" ", 1)
        base = _PLURALS.get(plural, _APPS)
        namespace, _, name = call.resource.partition("/")
        if verb == "list" and plural in _TOGETHER:
            plural, base = "deployments", _APPS
        path = f"{base}/{plural}"
        if namespace != "*":
            path = f"{base}/namespaces/{namespace}/{plural}"
        if verb == "get" and name:
            path += f"/{name}"
        key = (call.cluster or "", path)
        if key in done:
            return
        done.add(key)
        config = str(self._configs[call.cluster or ""])
        command = [self.tools.kubectl, "--kubeconfig", config, "get", "--raw", path]
        self.commands += 1
        subprocess.run(command, check=call.outcome == "ok", capture_output=True, env=self._home())

    def _run(self, words: list[str], environ: Mapping[str, str]) -> Any:
        self.commands += 1
        said = subprocess.run(
            [self.tools.aws, *words, "--output", "json"],
            check=False, capture_output=True, text=True, env=self._home() | dict(environ),
        )  # fmt: skip
        if said.returncode and "NoSuchEntity" not in said.stderr:
            raise subprocess.CalledProcessError(
                said.returncode, words, output=said.stdout, stderr=said.stderr
            )
        return json.loads(said.stdout or "{}")

    def _home(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)}


_COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "AssumeRole": ("sts", "assume-role", "--role-arn", "{resource}"),
    "DescribeCluster": ("eks", "describe-cluster", "--name", "{name}"),
    "ListPodIdentityAssociations": (
        *("eks", "list-pod-identity-associations"),
        *("--cluster-name", "{name}"),
    ),
    "GetRole": ("iam", "get-role", "--role-name", "{name}"),
    "GetOpenIDConnectProvider": (
        *("iam", "get-open-id-connect-provider"),
        *("--open-id-connect-provider-arn", "{resource}"),
    ),
    "ListOpenIDConnectProviders": ("iam", "list-open-id-connect-providers"),
    "ListRoles": ("iam", "list-roles"),
    "LookupEvents": ("cloudtrail", "lookup-events", "--max-items", "50"),
    "ListParents": ("organizations", "list-parents", "--child-id", "{resource}"),
    "ListPoliciesForTarget": (
        *("organizations", "list-policies-for-target", "--target-id", "{resource}"),
        *("--filter", "RESOURCE_CONTROL_POLICY"),
    ),
    "DescribePolicy": ("organizations", "describe-policy", "--policy-id", "{resource}"),
}


def _words(call: Call) -> list[str] | None:
    """The `aws` command of a read; None for what nobody does by hand, such as a proof at STS."""
    found = _COMMANDS.get(call.operation)
    if found is None:
        return None
    name = call.resource.rpartition("/")[2]
    return [word.format(resource=call.resource, name=name) for word in found]
