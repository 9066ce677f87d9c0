"""What stands in a scenario file."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

ROLE_ARN = "eks.amazonaws.com/role-arn"

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")]
Row = Annotated[
    str, Field(pattern=r"^(catalogue:IRSA[1-6]\d\d|causes:\d{1,3}|healthy:[a-z-]{3,40})$")
]
"""What a scenario shows: a code of the catalogue, a number of the longer list of causes, or a valid set-up."""
Fixes: TypeAlias = Literal["annotate", "restart"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=20_000)


class Workload(_Data):
    """What runs under the service account."""

    kind: Literal["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"] = "Deployment"
    name: Name
    image: str = "registry.example.com/app:1.4.2"
    replicas: int = Field(default=2, ge=0, le=5)


class Where(_Data):
    """The service account that the failure is about, and all that belongs to it."""

    cluster: Name
    namespace: Name
    service_account: Name
    workload: Workload
    role: str
    """The role that it is meant to assume, by name."""
    role_account: str | None = None
    """Name of the role's account; default: the cluster's."""
    role_path: str = "/"


class Annotate(_Data):
    """An annotation is another than it should be; without a value it is not there."""

    do: Literal["annotate"]
    at: Literal["service_account", "pod_template", "workload"] = "service_account"
    key: str = ROLE_ARN
    value: str | None = None


class Label(_Data):
    """The service account has a label."""

    do: Literal["label"]
    key: str
    value: str


class Remove(_Data):
    """Something is not there."""

    do: Literal["remove"]
    what: Literal["service_account", "role"]


class OldPods(_Data):
    """The pods were made before the annotation was written."""

    do: Literal["old_pods"]
    role: str | None = None
    """The role that was annotated then; None: none was."""


class Trust(_Data):
    """The role's trust policy is this one."""

    do: Literal["trust"]
    policy: dict[str, Any]


class TrustChanged(_Data):
    """The role's trust policy was changed shortly before the start."""

    do: Literal["trust_changed"]
    minutes_ago: int = Field(ge=0, le=60)


class MadeTogether(_Data):
    """The pods were made within the second in which the service account was: the webhook did not know it yet."""

    do: Literal["made_together"]


class Mapped(_Data):
    """The ConfigMap of a self-hosted webhook gives the service account its role."""

    do: Literal["mapped"]


class RoleSettings(_Data):
    """The role has other settings than a plain one."""

    do: Literal["role"]
    permissions_boundary: str | None = None
    max_session_seconds: int = Field(default=3600, ge=3600, le=43_200)


class PodTemplate(_Data):
    """The manifest says something more: a strategic merge patch of the pod template."""

    do: Literal["pod_template"]
    patch: dict[str, Any]


class Pod(_Data):
    """The running pods are not what the webhook makes: a strategic merge patch of each pod."""

    do: Literal["pod"]
    patch: dict[str, Any]


class PodIdentity(_Data):
    """EKS Pod Identity associates the service account with a role."""

    do: Literal["pod_identity"]
    role_arn: str


class ExtraServiceAccount(_Data):
    """There is another service account."""

    do: Literal["extra_service_account"]
    namespace: Name
    name: Name
    annotations: dict[str, str] = Field(default_factory=dict)


class ExtraRole(_Data):
    """There is another role."""

    do: Literal["extra_role"]
    name: str
    policy: dict[str, Any]


Fault: TypeAlias = Annotated[
    Annotate
    | Label
    | Remove
    | OldPods
    | Trust
    | TrustChanged
    | MadeTogether
    | Mapped
    | RoleSettings
    | PodTemplate
    | Pod
    | PodIdentity
    | ExtraServiceAccount
    | ExtraRole,
    Field(discriminator="do"),
]


class Expect(_Data):
    """What a diagnosis must come to."""

    code: str | None = Field(pattern=r"^IRSA[1-6]\d\d$")
    """The root cause; None: healthy, or at most a risk."""
    fixes: tuple[Fixes, ...] = ()
    """The buttons that mend it, in the order of pressing; none where a person must."""


class Scenario(_Data):
    """One failure: where, what is wrong, what people paste, and what is to be found."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,60}$")]
    title: str
    story: str
    group: str
    order: int = 500
    """Place in the list; the failures of the AWS article come first."""
    rows: tuple[Row, ...] = ()
    """What it shows."""
    channel: Literal["oncall", "payments", "partner-shared", "war-room"] = "oncall"
    where: Where
    faults: tuple[Fault, ...] = ()
    bound: bool = False
    """Whether the fleet file states the role that the service account is meant to have."""
    paste: str
    expect: Expect
