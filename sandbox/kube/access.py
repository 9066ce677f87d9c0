"""Who may do what: users with groups, and the cluster roles that the groups are bound to.

Source: Kubernetes, "Using RBAC Authorization"; Amazon EKS User Guide, "Grant IAM users access to Kubernetes with EKS
access entries".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sandbox.kube.status import ApiError

ADMINS: Final = "system:masters"
READERS: Final = "irsa-doctor:read"
FIXERS: Final = "irsa-doctor:fix"
PROVERS: Final = "irsa-doctor:prove"
_WORKLOADS: Final = ["deployments", "statefulsets", "daemonsets"]
_READ: Final = ["get", "list"]

CLUSTER_ROLES: Final[dict[str, list[dict[str, Any]]]] = {
    READERS: [
        {"apiGroups": [""], "resources": ["serviceaccounts", "pods"], "verbs": _READ},
        {"apiGroups": ["apps"], "resources": _WORKLOADS, "verbs": _READ},
        {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": ["get"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["get"]},
        {"apiGroups": ["batch"], "resources": ["cronjobs"], "verbs": _READ},
        {
            "apiGroups": ["admissionregistration.k8s.io"],
            "resources": ["mutatingwebhookconfigurations"],
            "verbs": ["list"],
        },
        {
            "nonResourceURLs": ["/.well-known/openid-configuration", "/openid/v1/jwks"],
            "verbs": ["get"],
        },
    ],
    FIXERS: [
        {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["get", "patch"]},
        {"apiGroups": ["apps"], "resources": _WORKLOADS, "verbs": ["get", "patch"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create"]},
    ],
    PROVERS: [
        {"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]},
    ],
    "system:authenticated": [
        {
            "nonResourceURLs": ["/api", "/apis", "/version", "/healthz", "/readyz", "/livez"],
            "verbs": ["get"],
        },
        {"nonResourceURLs": ["/api/*", "/apis/*"], "verbs": ["get"]},
    ],
}
"""The rules of each group: those of `deploy/kubernetes`, its opt-ins included; the same are applied to a real API
server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody whom the cluster knows."""

    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What a request wants, in the words of RBAC."""

    verb: str
    group: str | None = None
    """None where the path is no resource."""
    resource: str = ""
    namespace: str | None = None
    name: str | None = None
    path: str = ""


def authorize(user: User, wanted: Attributes) -> None:
    """Let a request pass.

    Raises:
        ApiError: 403, no rule of the user's groups allows it.
    """
    groups = {*user.groups, "system:authenticated"}
    if ADMINS in groups:
        return
    for group in groups:
        if any(_allows(rule, wanted) for rule in CLUSTER_ROLES.get(group, ())):
            return
    raise _forbidden(user, wanted)


def self_review(user: User, asked: Any) -> dict[str, Any]:
    """Answer a SelfSubjectAccessReview.

    Raises:
        ApiError: 400, it is none.
    """
    spec = asked.get("spec") if isinstance(asked, dict) else None
    spec = spec if isinstance(spec, dict) else {}
    of_resource, of_path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if isinstance(of_resource, dict):
        wanted = Attributes(
            verb=str(of_resource.get("verb", "")),
            group=str(of_resource.get("group", "")),
            resource="/".join(
                str(of_resource[part])
                for part in ("resource", "subresource")
                if of_resource.get(part)
            ),
            namespace=of_resource.get("namespace"),
        )
    elif isinstance(of_path, dict):
        wanted = Attributes(verb=str(of_path.get("verb", "")), path=str(of_path.get("path", "")))
    else:
        raise ApiError(
            400, "BadRequest", "spec: one of nonResourceAttributes or resourceAttributes is needed"
        )
    try:
        authorize(user, wanted)
    except ApiError as refusal:
        return {**asked, "status": {"allowed": False, "reason": str(refusal)}}
    return {**asked, "status": {"allowed": True}}


def cluster_roles() -> list[dict[str, Any]]:
    """ClusterRoles and ClusterRoleBindings that say the same to a real API server."""
    objects: list[dict[str, Any]] = []
    for group, rules in CLUSTER_ROLES.items():
        if group.startswith("system:"):
            continue
        objects.append({"kind": "ClusterRole", "metadata": {"name": group}, "rules": rules})
        objects.append(
            {
                "kind": "ClusterRoleBinding",
                "metadata": {"name": group},
                "subjects": [
                    {"kind": "Group", "name": group, "apiGroup": "rbac.authorization.k8s.io"}
                ],
                "roleRef": {
                    "kind": "ClusterRole",
                    "name": group,
                    "apiGroup": "rbac.authorization.k8s.io",
                },
            }
        )
    return objects


def _allows(rule: dict[str, Any], wanted: Attributes) -> bool:
    if wanted.verb not in rule["verbs"]:
        return False
    if wanted.group is None:
        return any(
            wanted.path == url or (url.endswith("*") and wanted.path.startswith(url[:-1]))
            for url in rule.get("nonResourceURLs", ())
        )
    return wanted.group in rule.get("apiGroups", ()) and wanted.resource in rule.get(
        "resources", ()
    )


def _forbidden(user: User, wanted: Attributes) -> ApiError:
    if wanted.group is None:
        return ApiError(
            403,
            "Forbidden",
            f'forbidden: User "{user.name}" cannot {wanted.verb} path "{wanted.path}"',
        )
    qualified = f"{wanted.resource}.{wanted.group}" if wanted.group else wanted.resource
    named = f' "{wanted.name}"' if wanted.name else ""
    where = f'in the namespace "{wanted.namespace}"' if wanted.namespace else "at the cluster scope"
    return ApiError(
        403,
        "Forbidden",
        f'{qualified}{named} is forbidden: User "{user.name}" cannot {wanted.verb} resource "{wanted.resource}" '
        f'in API group "{wanted.group}" {where}',
        kind=wanted.resource,
        name=wanted.name or "",
    )
