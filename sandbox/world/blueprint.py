"""From a scenario to what must exist: the healthy objects, then the faults applied to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.kube import patches
from sandbox.kube.resources import BY_KIND, Object, Resource
from sandbox.scenarios.load import filled
from sandbox.scenarios.model import (
    ROLE_ARN,
    Annotate,
    ExtraRole,
    ExtraServiceAccount,
    Label,
    MadeTogether,
    Mapped,
    OldPods,
    Pod,
    PodIdentity,
    PodTemplate,
    Remove,
    RoleSettings,
    Trust,
    TrustChanged,
)
from sandbox.world.landscape import (
    AUDIENCE,
    CLUSTERS,
    Account,
    Cluster,
    account_named,
    cluster_named,
)

if TYPE_CHECKING:
    from sandbox.scenarios.model import Fault, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An IAM role."""

    account: Account
    name: str
    trust: dict[str, Any]
    path: str = "/"
    permissions_boundary: str | None = None
    max_session_seconds: int = 3600

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.account.arn("iam", f"role{self.path}{self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What one scenario puts into the world."""

    cluster: Cluster
    roles: tuple[Role, ...]
    service_account: Object | None
    """As it is in the end."""
    service_account_before: Object | None
    """As it was when the pods were made."""
    workload: Object
    resource: Resource
    pod_patch: dict[str, Any] | None = None
    associated_with: str | None = None
    """ARN of the role that a Pod Identity association gives."""
    trust_changed: timedelta | None = None
    """How long before the start the role's trust policy was changed, if it was."""
    together: bool = False
    """Whether the pods were made before the webhook knew the service account."""
    mapped: bool = False
    """Whether the ConfigMap of a self-hosted webhook has the service account."""
    others: tuple[Object, ...] = field(default=())
    """Further service accounts."""

    @property
    def namespaces(self) -> frozenset[str]:
        """Every namespace that it needs."""
        objects = (self.workload, *self.others)
        return frozenset(found["metadata"]["namespace"] for found in objects)


def names_of(scenario: Scenario) -> dict[str, str]:
    """What `${…}` may say in a scenario."""
    where = scenario.where
    cluster = cluster_named(where.cluster)
    account = account_named(where.role_account) if where.role_account else cluster.account
    names = {
        "account": account.id,
        "cluster": cluster.name,
        "cluster_account": cluster.account.id,
        "region": cluster.region,
        "namespace": where.namespace,
        "service_account": where.service_account,
        "workload": where.workload.name,
        "subject": f"system:serviceaccount:{where.namespace}:{where.service_account}",
        "role": where.role,
        "role_arn": account.arn("iam", f"role{where.role_path}{where.role}"),
        "issuer": cluster.issuer,
        "issuer_path": cluster.issuer_path,
        "provider_arn": cluster.provider_arn(account),
    }
    for other in CLUSTERS:
        key = other.name.replace("-", "_")
        names[f"{key}_issuer_path"] = other.issuer_path
        names[f"{key}_provider_arn"] = other.provider_arn(account)
    return names


def paste_of(scenario: Scenario) -> str:
    """What people paste."""
    return filled(scenario.paste, names_of(scenario)).rstrip("\n")


def role_arn_of(scenario: Scenario) -> str:
    """The role that the service account is meant to assume."""
    return names_of(scenario)["role_arn"]


def blueprint(scenario: Scenario) -> Blueprint:
    """Build a scenario's part of the world."""
    names = names_of(scenario)
    plan = _healthy(scenario, names)
    for fault in scenario.faults:
        plan = _broken(plan, _with_names(fault, names))
    return plan


def statement(provider_arn: str, issuer_path: str, subject: str) -> dict[str, Any]:
    """The statement that the EKS user guide has for a service account."""
    return {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{issuer_path}:aud": AUDIENCE, f"{issuer_path}:sub": subject}
        },
    }


def _healthy(scenario: Scenario, names: dict[str, str]) -> Blueprint:
    where = scenario.where
    cluster = cluster_named(where.cluster)
    account = account_named(where.role_account) if where.role_account else cluster.account
    own = statement(names["provider_arn"], names["issuer_path"], names["subject"])
    role = Role(
        account=account,
        name=where.role,
        path=where.role_path,
        trust={"Version": "2012-10-17", "Statement": [own]},
    )
    service_account: Object = {
        "metadata": {
            "namespace": where.namespace,
            "name": where.service_account,
            "labels": {"app.kubernetes.io/name": where.workload.name},
            "annotations": {ROLE_ARN: role.arn},
        }
    }
    return Blueprint(
        cluster=cluster,
        roles=(role,),
        service_account=service_account,
        service_account_before=None,
        workload=_workload(scenario),
        resource=BY_KIND[where.workload.kind],
    )


def _workload(scenario: Scenario) -> Object:
    where, workload = scenario.where, scenario.where.workload
    labels = {"app.kubernetes.io/name": workload.name}
    template: Object = {
        "metadata": {"labels": labels},
        "spec": {
            "serviceAccountName": where.service_account,
            "containers": [{"name": "app", "image": workload.image}],
        },
    }
    spec: Object = {"selector": {"matchLabels": labels}, "template": template}
    if workload.kind == "Deployment":
        spec["replicas"] = workload.replicas
    elif workload.kind == "StatefulSet":
        spec |= {"replicas": workload.replicas, "serviceName": workload.name}
    elif workload.kind in ("Job", "CronJob"):
        template["spec"]["restartPolicy"] = "OnFailure"
        spec = {"template": template}
        if workload.kind == "CronJob":
            spec = {"schedule": "*/15 * * * *", "jobTemplate": {"spec": spec}}
    return {
        "metadata": {"namespace": where.namespace, "name": workload.name, "labels": labels},
        "spec": spec,
    }


def _with_names(fault: Fault, names: dict[str, str]) -> Fault:
    return type(fault).model_validate(filled(fault.model_dump(), names))


def _broken(plan: Blueprint, fault: Fault) -> Blueprint:  # noqa: C901, PLR0911, PLR0912  one case per kind of fault
    match fault:
        case Annotate(at="service_account"):
            return replace(plan, service_account=_annotated(plan.service_account, fault))
        case Annotate(at="workload"):
            return replace(plan, workload=_annotated(plan.workload, fault))
        case Annotate():
            patch = {"metadata": {"annotations": {fault.key: fault.value}}}
            return replace(plan, workload=_templated(plan, patch))
        case Label():
            patch = {"metadata": {"labels": {fault.key: fault.value}}}
            return replace(
                plan, service_account=patches.strategic(plan.service_account or {}, patch)
            )
        case Remove(what="role"):
            return replace(plan, roles=plan.roles[1:])
        case Remove():
            return replace(plan, service_account=None)
        case OldPods():
            then = Annotate(do="annotate", value=fault.role)
            return replace(plan, service_account_before=_annotated(plan.service_account, then))
        case Trust():
            return _with_role(plan, trust=fault.policy)
        case TrustChanged():
            return replace(plan, trust_changed=timedelta(minutes=fault.minutes_ago))
        case MadeTogether():
            bare = _annotated(plan.service_account, Annotate(do="annotate"))
            return replace(plan, service_account_before=bare, together=True)
        case Mapped():
            return replace(plan, mapped=True)
        case RoleSettings():
            return _with_role(
                plan,
                permissions_boundary=fault.permissions_boundary,
                max_session_seconds=fault.max_session_seconds,
            )
        case PodTemplate():
            return replace(plan, workload=_templated(plan, fault.patch))
        case Pod():
            return replace(plan, pod_patch=fault.patch)
        case ExtraServiceAccount():
            meta = {
                "namespace": fault.namespace,
                "name": fault.name,
                "annotations": fault.annotations,
            }
            return replace(plan, others=(*plan.others, {"metadata": meta}))
        case PodIdentity():
            return replace(plan, associated_with=fault.role_arn)
        case ExtraRole():
            account = plan.roles[0].account if plan.roles else plan.cluster.account
            extra = Role(account=account, name=fault.name, trust=fault.policy)
            return replace(plan, roles=(*plan.roles, extra))


def _annotated(found: Object | None, fault: Annotate) -> Object:
    result: Object = json.loads(json.dumps(found or {"metadata": {}}))
    annotations = result["metadata"].setdefault("annotations", {})
    if fault.value is None:
        annotations.pop(fault.key, None)
    else:
        annotations[fault.key] = fault.value
    return result


def _templated(plan: Blueprint, patch: dict[str, Any]) -> Object:
    inner: dict[str, Any] = {"template": patch}
    if plan.resource.kind == "CronJob":
        inner = {"jobTemplate": {"spec": inner}}
    return patches.strategic(plan.workload, {"spec": inner})


def _with_role(plan: Blueprint, **changes: Any) -> Blueprint:
    return replace(plan, roles=(replace(plan.roles[0], **changes), *plan.roles[1:]))
