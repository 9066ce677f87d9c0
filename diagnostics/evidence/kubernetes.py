"""What is read of a cluster: service accounts, what runs as them, and the webhook that gives them their tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.fleet import WorkloadRef

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ROLE_ARN = "eks.amazonaws.com/role-arn"
AUDIENCE = "eks.amazonaws.com/audience"
TOKEN_EXPIRATION = "eks.amazonaws.com/token-expiration"  # noqa: S105  an annotation key
SKIP_CONTAINERS = "eks.amazonaws.com/skip-containers"
STS_REGIONAL_ENDPOINTS = "eks.amazonaws.com/sts-regional-endpoints"
DEFAULT_AUDIENCE = "sts.amazonaws.com"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldManager:
    """Who wrote to an object and when (metadata.managedFields)."""

    manager: str
    operation: str
    time: datetime | None
    annotations: frozenset[str]
    """Keys of the annotations that this manager owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """A Kubernetes service account."""

    namespace: str
    name: str
    uid: str
    resource_version: str
    created: datetime
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    managers: tuple[FieldManager, ...] = ()

    @property
    def role_arn(self) -> str | None:
        """The annotation's value, verbatim."""
        return self.annotations.get(ROLE_ARN)

    @property
    def subject(self) -> str:
        """The `sub` claim of its tokens.

        Source: Kubernetes, "Managing Service Accounts", bound service account tokens.
        """
        return f"system:serviceaccount:{self.namespace}:{self.name}"

    @property
    def audience(self) -> str:
        """The `aud` claim that the EKS pod identity webhook asks for."""
        return self.annotations.get(AUDIENCE) or DEFAULT_AUDIENCE

    @property
    def annotated_at(self) -> datetime | None:
        """When the role annotation was last written, if managedFields tell."""
        times = [m.time for m in self.managers if m.time and ROLE_ARN in m.annotations]
        return max(times, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvVar:
    """A container's environment variable; `value` is None where it comes from a Secret, ConfigMap or field."""

    name: str
    value: str | None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A volume mount of a container."""

    volume: str
    path: str
    sub_path: str = ""
    """The part of the volume that is mounted, empty for all of it; `$(NAME)` in it stands for a variable."""

    def file(self, inner: str) -> str | None:
        """Where a file of the volume stands in the container, or None where the mount leaves it out."""
        inner, part = inner.strip("/"), self.sub_path.strip("/")
        if not part:
            return f"{self.path}/{inner}"
        if inner == part:
            return self.path
        rest = inner.removeprefix(f"{part}/")
        return f"{self.path}/{rest}" if rest != inner else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a pod or of a pod template."""

    name: str
    image: str = ""
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[str, ...] = ()
    """Where further variables of AWS may come from as a whole, such as `secret aws-keys`; which ones is not read."""
    mounts: tuple[Mount, ...] = ()
    init: bool = False

    def env_value(self, name: str) -> str | None:
        """Return a literal environment value, the last one set winning as in the kubelet."""
        for variable in reversed(self.env):
            if variable.name == name:
                return variable.value
        return None

    def has_env(self, name: str) -> bool:
        """Whether the variable is set, from whatever source."""
        return any(v.name == name for v in self.env)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVolume:
    """A projected service-account token volume."""

    name: str
    audience: str | None
    path: str
    expiration_seconds: int | None
    shown: bool = True
    """False where what was read shows neither audience nor path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSpec:
    """What a pod template and a pod have in common."""

    service_account: str
    """`default` where the manifest names none."""
    containers: tuple[Container, ...] = ()
    token_volumes: tuple[TokenVolume, ...] = ()
    run_as_user: int | None = None
    fs_group: int | None = None
    windows: bool = False
    """Whether it asks for a Windows node: by `spec.os`, a node selector or node affinity."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A Deployment, StatefulSet, DaemonSet, Job or CronJob, or a Pod that nothing owns."""

    kind: str
    namespace: str
    name: str
    uid: str
    resource_version: str
    created: datetime
    template: PodSpec
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    managers: tuple[FieldManager, ...] = ()
    strategy: str = ""
    """How it replaces its pods, in words: `RollingUpdate, at most 25% unavailable`; empty where it is not told."""

    @property
    def ref(self) -> WorkloadRef:
        """Its kind and name."""
        return WorkloadRef(kind=self.kind, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod as it runs."""

    namespace: str
    name: str
    uid: str
    created: datetime
    phase: str
    spec: PodSpec
    owner: WorkloadRef | None = None
    """The direct controller: for a Deployment's pod this is the ReplicaSet."""
    terminating: bool = False
    node: str | None = None
    ready: bool | None = None
    """Its Ready condition; None where it is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pods:
    """The pods of the service account in its namespace."""

    items: tuple[Pod, ...] = ()

    @property
    def live(self) -> tuple[Pod, ...]:
        """Those that still need credentials."""
        return tuple(
            p for p in self.items if not p.terminating and p.phase not in ("Succeeded", "Failed")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MutatingWebhook:
    """One webhook of a MutatingWebhookConfiguration, as far as it concerns pods."""

    configuration: str
    name: str
    failure_policy: str
    service: str | None
    """`namespace/name`, or None where a URL is configured."""
    url: str | None
    ca_bundle_present: bool
    matches_pods: bool
    """Whether a rule covers CREATE of pods."""
    namespace_selector: str = ""
    object_selector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """All mutating webhooks of the cluster."""

    items: tuple[MutatingWebhook, ...] = ()

    @property
    def pod_identity(self) -> MutatingWebhook | None:
        """The one that injects web-identity tokens, by the names that EKS and its README use."""
        for hook in self.items:
            if "pod-identity-webhook" in (hook.configuration, hook.service or "", hook.name) or (
                "pod-identity-webhook" in hook.configuration
            ):
                return hook
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """Service accounts of the same name in other namespaces, and near names in this one."""

    items: tuple[ServiceAccount, ...] = ()
