"""Kubernetes objects as the API server writes them, as far as they are read.

Source: Kubernetes API reference v1.34. Null stands for "not set" wherever the API writes it.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  pydantic reads it at run time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """What all have in common: unknown fields are dropped, null counts as absent."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


class OwnerReference(Wire):
    """metadata.ownerReferences[]."""

    kind: str = ""
    name: str = ""
    controller: bool = False


class ManagedFields(Wire):
    """metadata.managedFields[]."""

    manager: str = ""
    operation: str = ""
    time: datetime | None = None
    fields_v1: dict[str, Any] = Field(default_factory=dict, alias="fieldsV1")


class Metadata(Wire):
    """metadata."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    annotations: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    owner_references: tuple[OwnerReference, ...] = ()
    managed_fields: tuple[ManagedFields, ...] = ()


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


class Requirement(Wire):
    """matchExpressions[] of a label selector or a node selector term."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


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


class JobSpec(Wire):
    """spec.jobTemplate.spec of a cron job."""

    template: PodTemplate = PodTemplate()


class JobTemplate(Wire):
    """spec.jobTemplate of a cron job."""

    spec: JobSpec = JobSpec()


class RollingUpdate(Wire):
    """rollingUpdate of a strategy."""

    max_unavailable: int | str | None = None


class Strategy(Wire):
    """spec.strategy of a deployment, spec.updateStrategy of stateful and daemon sets."""

    type: str = ""
    rolling_update: RollingUpdate = RollingUpdate()


class WorkloadSpec(Wire):
    """spec of a workload of any kind but Pod."""

    strategy: Strategy = Strategy()
    update_strategy: Strategy = Strategy()

    template: PodTemplate = PodTemplate()
    job_template: JobTemplate | None = None
    paused: bool = False


class ServiceAccount(Wire):
    """v1 ServiceAccount."""

    metadata: Metadata


class Workload(Wire):
    """apps/v1 and batch/v1 workloads."""

    metadata: Metadata
    spec: WorkloadSpec = WorkloadSpec()


class Condition(Wire):
    """status.conditions[]."""

    type: str = ""
    status: str = ""


class PodStatus(Wire):
    """status of a pod."""

    phase: str = ""
    conditions: tuple[Condition, ...] = ()


class Pod(Wire):
    """v1 Pod."""

    metadata: Metadata
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class Rule(Wire):
    """webhooks[].rules[]."""

    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


class ServiceReference(Wire):
    """webhooks[].clientConfig.service."""

    namespace: str = ""
    name: str = ""


class ClientConfig(Wire):
    """webhooks[].clientConfig."""

    ca_bundle: str = ""
    service: ServiceReference | None = None
    url: str | None = None


class LabelSelector(Wire):
    """A label selector."""

    match_labels: dict[str, str] = Field(default_factory=dict)
    match_expressions: tuple[Requirement, ...] = ()


class Webhook(Wire):
    """webhooks[] of a MutatingWebhookConfiguration."""

    name: str = ""
    failure_policy: str = "Fail"
    client_config: ClientConfig = ClientConfig()
    rules: tuple[Rule, ...] = ()
    namespace_selector: LabelSelector = LabelSelector()
    object_selector: LabelSelector = LabelSelector()


class MutatingWebhookConfiguration(Wire):
    """admissionregistration.k8s.io/v1 MutatingWebhookConfiguration."""

    metadata: Metadata
    webhooks: tuple[Webhook, ...] = ()


class ListMetadata(Wire):
    """metadata of a list."""

    next_page: str = Field(default="", alias="continue")


class ObjectList(Wire):
    """A page of a list; the items are read one by one."""

    metadata: ListMetadata = ListMetadata()
    items: tuple[Any, ...] = ()


class StatusDetails(Wire):
    """details of a Status."""

    name: str = ""
    kind: str = ""


class Status(Wire):
    """v1 Status: what a refusal looks like."""

    kind: str = ""
    reason: str = ""
    message: str = ""
    details: StatusDetails = StatusDetails()


class TokenRequestStatus(Wire):
    """status of a TokenRequest."""

    token: SecretStr | None = None


class TokenRequest(Wire):
    """authentication.k8s.io/v1 TokenRequest; what can't be read is not shown."""

    model_config = ConfigDict(hide_input_in_errors=True)

    status: TokenRequestStatus = TokenRequestStatus()


class Discovery(Wire):
    """/.well-known/openid-configuration."""

    issuer: str = ""


class Key(Wire):
    """keys[] of a JSON web key set."""

    kid: str = ""


class KeySet(Wire):
    """/openid/v1/jwks."""

    keys: tuple[Key, ...] = ()
