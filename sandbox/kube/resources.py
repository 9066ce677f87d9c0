"""The kinds of object that the embedded API serves, and where the API has them.

Source: Kubernetes API reference v1.34.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Object: TypeAlias = dict[str, Any]
"""One Kubernetes object, as its JSON has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A kind of object."""

    kind: str
    plural: str
    group: str = ""
    """Empty for the core group."""
    version: str = "v1"
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """`apiVersion` of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def base(self) -> str:
        """The path that its group's resources share."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    @property
    def qualified(self) -> str:
        """`deployments.apps`, as error messages name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """Return the URL path of an object, or of a list."""
        parts = [self.base]
        if namespace is not None:
            parts += ["namespaces", namespace]
        parts.append(self.plural)
        if name is not None:
            parts.append(name)
        return "/".join(parts)


_ADMISSION: Final = "admissionregistration.k8s.io"
_RBAC: Final = "rbac.authorization.k8s.io"

NAMESPACE: Final = Resource(kind="Namespace", plural="namespaces", namespaced=False)
SERVICE_ACCOUNT: Final = Resource(kind="ServiceAccount", plural="serviceaccounts")
CONFIG_MAP: Final = Resource(kind="ConfigMap", plural="configmaps")
POD: Final = Resource(kind="Pod", plural="pods")
EVENT: Final = Resource(kind="Event", plural="events")
DEPLOYMENT: Final = Resource(kind="Deployment", plural="deployments", group="apps")
REPLICA_SET: Final = Resource(kind="ReplicaSet", plural="replicasets", group="apps")
STATEFUL_SET: Final = Resource(kind="StatefulSet", plural="statefulsets", group="apps")
DAEMON_SET: Final = Resource(kind="DaemonSet", plural="daemonsets", group="apps")
JOB: Final = Resource(kind="Job", plural="jobs", group="batch")
CRON_JOB: Final = Resource(kind="CronJob", plural="cronjobs", group="batch")
MUTATING_WEBHOOK: Final = Resource(
    kind="MutatingWebhookConfiguration",
    plural="mutatingwebhookconfigurations",
    group=_ADMISSION,
    namespaced=False,
)
CLUSTER_ROLE: Final = Resource(
    kind="ClusterRole", plural="clusterroles", group=_RBAC, namespaced=False
)
CLUSTER_ROLE_BINDING: Final = Resource(
    kind="ClusterRoleBinding", plural="clusterrolebindings", group=_RBAC, namespaced=False
)

RESOURCES: Final = (
    NAMESPACE,
    SERVICE_ACCOUNT,
    CONFIG_MAP,
    POD,
    EVENT,
    DEPLOYMENT,
    REPLICA_SET,
    STATEFUL_SET,
    DAEMON_SET,
    JOB,
    CRON_JOB,
    MUTATING_WEBHOOK,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
)
BY_KIND: Final = {resource.kind: resource for resource in RESOURCES}


def name_of(found: Object) -> str:
    """The object's name."""
    return str(found["metadata"]["name"])


def namespace_of(found: Object) -> str | None:
    """The object's namespace; None for what has none."""
    namespace = found["metadata"].get("namespace")
    return None if namespace is None else str(namespace)
