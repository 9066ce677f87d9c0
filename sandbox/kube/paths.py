"""What is where: which path is which resource, and what the API says of itself."""

from __future__ import annotations

from typing import Final

from sandbox.kube.resources import RESOURCES, Object, Resource
from sandbox.kube.status import no_such_path

_PLAIN: Final[dict[str, Object]] = {
    "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.1-sandbox"},
    **{path: {"status": "ok"} for path in ("/healthz", "/readyz", "/livez")},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
}
_BY_PATH: Final = {(resource.base, resource.plural): resource for resource in RESOURCES}


def resource_at(parts: list[str]) -> tuple[Resource, str | None, str | None] | None:
    """Resource, namespace and name of a path; None where it is no resource.

    Raises:
        ApiError: It is below the resources, and none of them.
    """
    head = 2 if parts[0] == "api" else 3
    if parts[0] not in ("api", "apis") or len(parts) <= head:
        return None
    base, rest = "/" + "/".join(parts[:head]), parts[head:]
    namespace = None
    if rest[0] == "namespaces" and len(rest) > 2:  # noqa: PLR2004  namespaces/NAME/PLURAL
        namespace, rest = rest[1], rest[2:]
    resource = _BY_PATH.get((base, rest[0]))
    if resource is None or len(rest) > 2:  # noqa: PLR2004  PLURAL/NAME; no subresources
        raise no_such_path()
    name = rest[1] if rest[1:] else None
    if (resource.namespaced and name and namespace is None) or (
        namespace is not None and not resource.namespaced
    ):
        raise no_such_path()
    return resource, namespace, name


def description_of(path: str) -> Object:
    """What the API says of itself at a path without its last slash.

    Raises:
        ApiError: Nothing is there.
    """
    if path in _PLAIN:
        return _PLAIN[path]
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": _groups()}
    here = [resource for resource in RESOURCES if resource.base == path]
    if not here:
        raise no_such_path()
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": here[0].api_version,
        "resources": [_described(resource) for resource in here],
    }


def _groups() -> list[Object]:
    named = {r.group: r.version for r in RESOURCES if r.group}
    return [
        {
            "name": group,
            "versions": [{"groupVersion": f"{group}/{version}", "version": version}],
            "preferredVersion": {"groupVersion": f"{group}/{version}", "version": version},
        }
        for group, version in named.items()
    ]


def _described(resource: Resource) -> Object:
    return {
        "name": resource.plural,
        "singularName": resource.kind.lower(),
        "kind": resource.kind,
        "namespaced": resource.namespaced,
        "verbs": ["create", "delete", "get", "list", "patch", "update"],
    }
