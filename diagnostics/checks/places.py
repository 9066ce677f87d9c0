"""Where findings are: the place of an annotation, a pod's field, a trust policy's element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.languages import say
from diagnostics.result import Place

if TYPE_CHECKING:
    from diagnostics.evidence import IamRole, Pod, Target, Workload


def of_account(target: Target, namespace: str, name: str, field: str | None = None) -> Place:
    """A service account, or a field of it."""
    return Place(
        where=f"cluster {target.cluster}", object=f"serviceaccount {namespace}/{name}", field=field
    )


def of_annotation(target: Target, namespace: str, name: str, key: str) -> Place:
    """An annotation of a service account."""
    return of_account(target, namespace, name, f"metadata.annotations[{key}]")


def of_workload(target: Target, workload: Workload, field: str) -> Place:
    """A field of a workload."""
    return Place(
        where=f"cluster {target.cluster}",
        object=f"{workload.kind.lower()} {workload.namespace}/{workload.name}",
        field=field,
    )


def of_pod(target: Target, pod: Pod, field: str) -> Place:
    """A field of a pod."""
    return Place(
        where=f"cluster {target.cluster}", object=f"pod {pod.namespace}/{pod.name}", field=field
    )


def of_trust(role: IamRole, pointer: str = "") -> Place:
    """A role's trust policy, or an element of it."""
    return Place(
        where=f"account {role.account}", object=role.arn, field=f"trust policy {pointer}".rstrip()
    )


def of_text() -> Place:
    """Something that only the text shows."""
    return Place(where=say("the pasted text"), object=say("error message"))
