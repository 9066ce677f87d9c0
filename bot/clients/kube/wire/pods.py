"""Pods, and the specs that make them."""

from __future__ import annotations

from pydantic import Field

from bot.clients.kube.wire.base import Metadata, Object, Requirement, Wire


class KeySelector(Wire):
    """valueFrom.secretKeyRef and valueFrom.configMapKeyRef."""

    name: str = ""
    key: str = ""


class FieldSelector(Wire):
    """valueFrom.fieldRef and valueFrom.resourceFieldRef."""

    field_path: str = ""
    resource: str = ""


class EnvVarSource(Wire):
    """env[].valueFrom."""

    secret_key_ref: KeySelector | None = None
    config_map_key_ref: KeySelector | None = None
    field_ref: FieldSelector | None = None
    resource_field_ref: FieldSelector | None = None


class EnvVar(Wire):
    """containers[].env[]."""

    name: str = ""
    value: str = ""
    value_from: EnvVarSource | None = None


class NamedSource(Wire):
    """envFrom[].secretRef and envFrom[].configMapRef."""

    name: str = ""


class EnvFrom(Wire):
    """containers[].envFrom[]: the keys in it are not read."""

    prefix: str = ""
    secret_ref: NamedSource | None = None
    config_map_ref: NamedSource | None = None


class VolumeMount(Wire):
    """containers[].volumeMounts[]."""

    name: str = ""
    mount_path: str = ""
    sub_path: str = ""
    sub_path_expr: str = ""


class Container(Wire):
    """spec.containers[]."""

    name: str = ""
    image: str = ""
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    volume_mounts: tuple[VolumeMount, ...] = ()


class ServiceAccountToken(Wire):
    """volumes[].projected.sources[].serviceAccountToken."""

    audience: str | None = None
    expiration_seconds: int | None = None
    path: str = ""
    shown: bool = True
    """False where `kubectl describe` was read, which leaves audience and path out; never the API server's."""


class ProjectedSource(Wire):
    """volumes[].projected.sources[]."""

    service_account_token: ServiceAccountToken | None = None


class Projected(Wire):
    """volumes[].projected."""

    sources: tuple[ProjectedSource, ...] = ()


class Volume(Wire):
    """spec.volumes[]."""

    name: str = ""
    projected: Projected | None = None


class SecurityContext(Wire):
    """spec.securityContext of a pod."""

    run_as_user: int | None = None
    fs_group: int | None = None


class NodeSelectorTerm(Wire):
    """nodeSelectorTerms[] of a node affinity."""

    match_expressions: tuple[Requirement, ...] = ()


class NodeSelector(Wire):
    """requiredDuringSchedulingIgnoredDuringExecution of a node affinity."""

    node_selector_terms: tuple[NodeSelectorTerm, ...] = ()


class NodeAffinity(Wire):
    """spec.affinity.nodeAffinity."""

    required: NodeSelector = Field(
        default=NodeSelector(), alias="requiredDuringSchedulingIgnoredDuringExecution"
    )


class Affinity(Wire):
    """spec.affinity."""

    node_affinity: NodeAffinity = NodeAffinity()


class PodOs(Wire):
    """spec.os."""

    name: str = ""


class PodSpec(Wire):
    """spec of a pod."""

    service_account_name: str = ""
    service_account: str = ""
    node_name: str = ""
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    security_context: SecurityContext = SecurityContext()
    os: PodOs = PodOs()
    node_selector: dict[str, str] = Field(default_factory=dict)
    affinity: Affinity = Affinity()


class PodTemplate(Wire):
    """spec.template."""

    metadata: Metadata = Metadata()
    spec: PodSpec = PodSpec()


class Condition(Wire):
    """status.conditions[]."""

    type: str = ""
    status: str = ""


class PodStatus(Wire):
    """status of a pod."""

    phase: str = ""
    conditions: tuple[Condition, ...] = ()


class Pod(Object):
    """v1 Pod."""

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()
