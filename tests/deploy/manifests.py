"""The Kubernetes manifests under `deploy/`, as far as kustomizations without patches go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from tests.deploy.templates import DEPLOY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KUBERNETES: Final = DEPLOY / "kubernetes"
_PLURALS: Final = {"NetworkPolicy": "networkpolicies"}


def objects(folder: str) -> list[Any]:
    """Every object of a kustomization, bases first."""
    return list(_of(KUBERNETES / folder))


def _of(folder: Path) -> Iterator[Any]:
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    known = {"apiVersion", "kind", "namespace", "resources", "configMapGenerator", "images"}
    assert set(kustomization) <= known, f"{folder.name}: {set(kustomization) - known}"
    for entry in kustomization["resources"]:
        path = folder / entry
        if path.is_dir():
            yield from _of(path)
        else:
            yield from yaml.safe_load_all(path.read_text())
    for generated in kustomization.get("configMapGenerator", ()):
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": generated["name"], "namespace": kustomization["namespace"]},
            "data": {name: (folder / name).read_text() for name in generated["files"]},
        }


def path_of(found: Any) -> str:
    """The collection that an object is created in."""
    version, kind = found["apiVersion"], found["kind"]
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    namespace = found["metadata"].get("namespace")
    plural = _PLURALS.get(kind, f"{kind.lower()}s")
    return f"{base}/namespaces/{namespace}/{plural}" if namespace else f"{base}/{plural}"


def rules(folder: str) -> list[Any]:
    """All rules of the ClusterRoles of a folder."""
    return [
        rule
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
