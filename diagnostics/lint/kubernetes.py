"""Manifests: service accounts, what runs as them, and role resources of Crossplane and ACK."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from diagnostics.document.json_tree import embedded
from diagnostics.document.tree import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    TreeError,
    at,
    items_at,
    text_at,
)
from diagnostics.evidence import (
    AUDIENCE,
    DEFAULT_AUDIENCE,
    ROLE_ARN,
    Container,
    EnvVar,
    PodSpec,
    Workload,
)
from diagnostics.evidence.role_annotation import looks_like_role_key
from diagnostics.lint.annotations import judge_annotations, spot_of
from diagnostics.lint.finding import SourceFinding, Spot
from diagnostics.lint.helm_values import helm_values, values_of
from diagnostics.lint.policy_source import policy_of
from diagnostics.lint.sources import AccountSource, Sources, WorkloadSource
from diagnostics.lint.strings_only import API_SERVER, Refusal, not_strings
from diagnostics.text.visible import visible

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_KUBE2IAM: Final = "iam.amazonaws.com/role"
_TEMPLATES: Final = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}
POLICY_FIELDS: Final = {
    "assumeRolePolicy": ("spec", "forProvider", "assumeRolePolicy"),
    "assumeRolePolicyDocument": ("spec", "assumeRolePolicyDocument"),
    "classic": ("spec", "forProvider", "assumeRolePolicyDocument"),
}
"""Where Crossplane and ACK keep a role's trust policy, as JSON in a string."""


def kubernetes(
    node: Mapping,
    file: str,
    out: Sources,
    *,
    strings: Refusal | None = API_SERVER,
    terraform: bool = False,
) -> None:
    """Read one object, or a List of them.

    Args:
        node: The object.
        file: Where it is written.
        out: Where to.
        strings: Who refuses annotations that are no strings; None where a tool makes strings of them.
        terraform: Whether it is written as an expression of Terraform.
    """
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        kind = text_at(current, "kind") or ""
        items = at(current, "items")
        if kind.endswith("List") and isinstance(items, Sequence):
            stack.extend(reversed(items.items))
        elif isinstance(current, Mapping):
            _object(current, kind, file, out, strings=strings, terraform=terraform)


def _object(
    node: Mapping, kind: str, file: str, out: Sources, *, strings: Refusal | None, terraform: bool
) -> None:
    name = text_at(node, "metadata", "name") or "?"
    namespace = text_at(node, "metadata", "namespace")
    shown = f"{kind} {namespace + '/' if namespace else ''}{name}"
    annotations = at(node, "metadata", "annotations")
    if kind == "ServiceAccount":
        _service_account(node, file, shown, out, strings=strings, terraform=terraform)
    elif strings is not None:
        _unquoted(annotations, file, shown, out)
        _unquoted(at(node, *_template_of(kind), "metadata", "annotations"), file, shown, out)
    if kind in _TEMPLATES and at(node, *_TEMPLATES[kind], "spec") is not None:
        template = at(node, *_TEMPLATES[kind])
        if kind != "Pod":
            misplaced(annotations, file, shown, "the workload", out)
        misplaced(at(template, "metadata", "annotations"), file, shown, "the pod template", out)
        out.workloads.append(_workload(node, template, kind, name, file))
    elif kind in ("HelmRelease", "Application"):
        for values in values_of(kind, at(node, "spec")):
            if isinstance(values, Mapping):
                helm_values(values, file, out)
    elif kind == "Kustomization" and at(node, "spec", "postBuild") is not None:
        out.substituted = True
    elif kind == "Role":
        _role(node, _external_name(annotations) or name, shown, file, out)


def _role(node: Mapping, name: str, shown: str, file: str, out: Sources) -> None:
    for path in POLICY_FIELDS.values():
        policy = at(node, *path)
        if isinstance(policy, Scalar):
            role = text_at(node, "spec", "name") or name
            try:
                out.policies.append(policy_of(embedded(policy), file, shown, role=role))
            except TreeError as error:
                out.unreadable(file, error, shown)


def _template_of(kind: str) -> tuple[str, ...]:
    """Where the pod template stands; that of Rollouts and what else is like a Deployment, at the same place."""
    return _TEMPLATES.get(kind) or ("spec", "template")


def _unquoted(
    values: Node | None,
    file: str,
    shown: str,
    out: Sources,
    *,
    every: bool = False,
    what: str = "annotation",
) -> None:
    """Note what is no string; of an object that is no ServiceAccount only under the webhook's own keys."""
    if isinstance(values, Mapping):
        out.findings.extend(
            not_strings(
                values, file=file, object_=shown, refusal=API_SERVER, every=every, what=what
            )
        )


def _external_name(annotations: Node | None) -> str | None:
    return text_at(annotations, "crossplane.io/external-name")


def _service_account(
    node: Mapping, file: str, shown: str, out: Sources, *, strings: Refusal | None, terraform: bool
) -> None:
    name = text_at(node, "metadata", "name") or "?"
    namespace = text_at(node, "metadata", "namespace")
    annotations = at(node, "metadata", "annotations")
    role = at(annotations, ROLE_ARN)
    spot = spot_of(file, role if role is not None else node)
    out.accounts.append(
        AccountSource(
            spot=spot,
            name=name,
            namespace=namespace,
            role_arn=text_at(annotations, ROLE_ARN),
            audience=text_at(annotations, AUDIENCE) or DEFAULT_AUDIENCE,
        )
    )
    if isinstance(annotations, Mapping):
        judge_annotations(
            out,
            file=file,
            annotations=annotations,
            namespace=namespace,
            name=name,
            object_=shown,
            strings=strings,
            terraform=terraform,
        )
    if strings is not None:
        _unquoted(at(node, "metadata", "labels"), file, shown, out, every=True, what="label")
    for place in (at(node, "metadata", "labels"), at(node, "annotations"), node):
        key = place.key(ROLE_ARN) if isinstance(place, Mapping) else None
        if key is not None:
            out.findings.append(_elsewhere(file, key, shown, "metadata.labels or the top level"))


def misplaced(node: Node | None, file: str, shown: str, on: str, out: Sources) -> None:
    """Note a role annotation on what is no service account."""
    if not isinstance(node, Mapping):
        return
    for key, _ in node.pairs:
        # kube2iam and kiam, which are not IRSA, do read theirs from the pod.
        if key.text == ROLE_ARN or (key.text != _KUBE2IAM and looks_like_role_key(key.text)):
            out.findings.append(_elsewhere(file, key, shown, on))


def _elsewhere(file: str, key: Scalar, shown: str, on: str) -> SourceFinding:
    return SourceFinding(
        code="IRSA106",
        spot=spot_of(file, key),
        object=shown,
        headline=f"The role annotation is on {on}, where nothing reads it.",
        seen=visible(key.text[:200]),
        wanted=f"metadata.annotations[{ROLE_ARN}] of the ServiceAccount",
        next=f"Put {ROLE_ARN} under metadata.annotations of the ServiceAccount that the pods use.",
    )


def _workload(
    node: Mapping, template: Node | None, kind: str, name: str, file: str
) -> WorkloadSource:
    namespace = text_at(node, "metadata", "namespace")
    spec = at(template, "spec")
    spots: dict[str, Spot] = {}
    containers = []
    for init in (True, False):
        for found in items_at(spec, "initContainers" if init else "containers")[:200]:
            title = text_at(found, "name") or "?"
            env = []
            for variable in items_at(found, "env")[:1000]:
                label = text_at(variable, "name")
                if label is None:
                    continue
                spots[f"{title}/{label}"] = spot_of(file, variable)
                source = at(variable, "valueFrom")
                env.append(
                    EnvVar(
                        name=label,
                        value=None if source is not None else text_at(variable, "value"),
                        source="another source" if source is not None else None,
                    )
                )
            containers.append(Container(name=title, env=tuple(env), init=init))
    workload = Workload(
        kind=kind,
        namespace=namespace or "default",
        name=name,
        uid="",
        resource_version="",
        created=_EPOCH,
        template=PodSpec(
            service_account=text_at(spec, "serviceAccountName")
            or text_at(spec, "serviceAccount")
            or "default",
            containers=tuple(containers),
        ),
    )
    return WorkloadSource(spot=spot_of(file, node), workload=workload, spots=spots)
