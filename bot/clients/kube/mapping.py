"""From the API server's objects to the engine's nouns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from diagnostics import evidence
from diagnostics.fleet import WorkloadRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clients.kube import wire

_UNKNOWN_TIME: Final = datetime.fromtimestamp(0, UTC)


def service_account(found: wire.ServiceAccount) -> evidence.ServiceAccount:
    """Map a service account."""
    meta = found.metadata
    return evidence.ServiceAccount(
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        resource_version=meta.resource_version,
        created=meta.creation_timestamp or _UNKNOWN_TIME,
        annotations=meta.annotations,
        labels=meta.labels,
        managers=_managers(meta),
    )


def workload(kind: str, found: wire.Workload) -> evidence.Workload:
    """Map a workload that has a pod template."""
    meta, spec = found.metadata, found.spec
    template = spec.job_template.spec.template if spec.job_template else spec.template
    return evidence.Workload(
        kind=kind,
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        resource_version=meta.resource_version,
        created=meta.creation_timestamp or _UNKNOWN_TIME,
        template=_pod_spec(template.spec, template.metadata),
        annotations=meta.annotations,
        labels=meta.labels,
        managers=_managers(meta),
        strategy=_strategy(spec),
    )


def _strategy(spec: wire.WorkloadSpec) -> str:
    chosen = spec.strategy if spec.strategy.type else spec.update_strategy
    most = chosen.rolling_update.max_unavailable
    if chosen.type != "RollingUpdate" or most is None:
        return chosen.type
    return f"{chosen.type}, at most {most} unavailable"


def pod_as_workload(found: wire.Pod) -> evidence.Workload:
    """Map a pod to the workload that it is on its own."""
    meta = found.metadata
    return evidence.Workload(
        kind="Pod",
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        resource_version=meta.resource_version,
        created=meta.creation_timestamp or _UNKNOWN_TIME,
        template=_pod_spec(found.spec, meta),
        annotations=meta.annotations,
        labels=meta.labels,
        managers=_managers(meta),
    )


def pod(found: wire.Pod) -> evidence.Pod:
    """Map a running pod."""
    meta = found.metadata
    owner = next((o for o in meta.owner_references if o.controller), None)
    return evidence.Pod(
        namespace=meta.namespace,
        name=meta.name,
        uid=meta.uid,
        created=meta.creation_timestamp or _UNKNOWN_TIME,
        phase=found.status.phase or "Unknown",
        spec=_pod_spec(found.spec, meta),
        owner=WorkloadRef(kind=owner.kind, name=owner.name) if owner else None,
        terminating=meta.deletion_timestamp is not None,
        node=found.spec.node_name or None,
        ready=next(
            (c.status == "True" for c in found.status.conditions if c.type == "Ready"), None
        ),
    )


def webhooks(found: wire.MutatingWebhookConfiguration) -> Iterator[evidence.MutatingWebhook]:
    """Map the webhooks of a configuration."""
    for hook in found.webhooks:
        service = hook.client_config.service
        yield evidence.MutatingWebhook(
            configuration=found.metadata.name,
            name=hook.name,
            failure_policy=hook.failure_policy,
            service=f"{service.namespace}/{service.name}" if service else None,
            url=hook.client_config.url,
            ca_bundle_present=bool(hook.client_config.ca_bundle),
            matches_pods=any(_creates_pods(rule) for rule in hook.rules),
            namespace_selector=_selector(hook.namespace_selector),
            object_selector=_selector(hook.object_selector),
        )


def _managers(meta: wire.Metadata) -> tuple[evidence.FieldManager, ...]:
    return tuple(
        evidence.FieldManager(
            manager=entry.manager,
            operation=entry.operation,
            time=entry.time,
            annotations=_owned_annotations(entry.fields_v1),
        )
        for entry in meta.managed_fields
    )


def _owned_annotations(fields: dict[str, Any]) -> frozenset[str]:
    metadata = fields.get("f:metadata")
    owned = metadata.get("f:annotations") if isinstance(metadata, dict) else None
    if not isinstance(owned, dict):
        return frozenset()
    return frozenset(key.removeprefix("f:") for key in owned if key.startswith("f:"))


def _pod_spec(spec: wire.PodSpec, meta: wire.Metadata) -> evidence.PodSpec:
    return evidence.PodSpec(
        # `serviceAccount` is the field's old name, which the API server keeps equal.
        service_account=spec.service_account_name or spec.service_account or "default",
        containers=(
            *(_container(c, init=True) for c in spec.init_containers),
            *(_container(c, init=False) for c in spec.containers),
        ),
        token_volumes=tuple(_token_volumes(spec)),
        run_as_user=spec.security_context.run_as_user,
        fs_group=spec.security_context.fs_group,
        windows=_windows(spec),
        annotations=meta.annotations,
        labels=meta.labels,
    )


def _windows(spec: wire.PodSpec) -> bool:
    """Whether the pod asks for a Windows node, in any of the three ways there are."""
    named = (spec.os.name, *(spec.node_selector.get(key, "") for key in _OS_LABELS))
    return "windows" in named or any(
        term.key in _OS_LABELS and term.operator == "In" and "windows" in term.values
        for one in spec.affinity.node_affinity.required.node_selector_terms
        for term in one.match_expressions
    )


_OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")


def _container(found: wire.Container, *, init: bool) -> evidence.Container:
    return evidence.Container(
        name=found.name,
        image=found.image,
        env=tuple(_env(variable) for variable in found.env),
        env_from=tuple(_env_from(source) for source in found.env_from if _of_aws(source.prefix)),
        mounts=tuple(
            evidence.Mount(
                volume=mount.name,
                path=mount.mount_path,
                sub_path=mount.sub_path or mount.sub_path_expr,
            )
            for mount in found.volume_mounts
        ),
        init=init,
    )


def _env(found: wire.EnvVar) -> evidence.EnvVar:
    if found.value_from is None:
        return evidence.EnvVar(name=found.name, value=found.value)
    return evidence.EnvVar(name=found.name, value=None, source=_source(found.value_from))


def _source(found: wire.EnvVarSource) -> str:
    if found.secret_key_ref:
        return f"secret {found.secret_key_ref.name}, key {found.secret_key_ref.key}"
    if found.config_map_key_ref:
        return f"configmap {found.config_map_key_ref.name}, key {found.config_map_key_ref.key}"
    if found.field_ref:
        return f"field {found.field_ref.field_path}"
    if found.resource_field_ref:
        return f"resource {found.resource_field_ref.resource}"
    return "another source"


def _env_from(found: wire.EnvFrom) -> str:
    if found.secret_ref:
        return f"secret {found.secret_ref.name}"
    if found.config_map_ref:
        return f"configmap {found.config_map_ref.name}"
    return "another source"


def _of_aws(prefix: str) -> bool:
    """Whether variables with this prefix may be AWS's."""
    return "AWS_".startswith(prefix) or prefix.startswith("AWS_")


def _token_volumes(spec: wire.PodSpec) -> Iterator[evidence.TokenVolume]:
    for volume in spec.volumes:
        for source in volume.projected.sources if volume.projected else ():
            token = source.service_account_token
            if token is not None:
                yield evidence.TokenVolume(
                    name=volume.name,
                    audience=token.audience,
                    path=token.path,
                    expiration_seconds=token.expiration_seconds,
                    shown=token.shown,
                )


def _creates_pods(rule: wire.Rule) -> bool:
    return (
        not {"CREATE", "*"}.isdisjoint(rule.operations)
        and not {"", "*"}.isdisjoint(rule.api_groups)
        and not {"pods", "*", "*/*"}.isdisjoint(rule.resources)
    )


def _selector(found: wire.LabelSelector) -> str:
    """Write a selector as kubectl does; empty where it selects everything."""
    parts = [f"{key}={value}" for key, value in sorted(found.match_labels.items())]
    for requirement in found.match_expressions:
        values = ",".join(requirement.values)
        match requirement.operator:
            case "Exists":
                parts.append(requirement.key)
            case "DoesNotExist":
                parts.append(f"!{requirement.key}")
            case "NotIn":
                parts.append(f"{requirement.key} notin ({values})")
            case _:
                parts.append(f"{requirement.key} in ({values})")
    return ",".join(parts)
