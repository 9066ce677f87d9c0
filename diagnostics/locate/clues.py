"""What is known of the target before anything is read, and who said so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn, partition_of
from diagnostics.languages import Words, say
from diagnostics.recognize.symptom import Cause

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.case import Case
    from diagnostics.fleet import Hints, WorkloadRef
    from diagnostics.recognize.symptom import Symptom

KINDS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet", "Pod")
_ACCOUNT_DIGITS = 12
_LONGEST = 253
"""The longest name that Kubernetes takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """The strongest statement about each part; `said` holds who made it."""

    cluster: str | None = None
    asked: bool = False
    """Whether a person named the cluster, and not the text."""
    namespace: str | None = None
    service_account: str | None = None
    workload: WorkloadRef | None = None
    workload_name: str | None = None
    """A workload's or controller's name whose kind is not known."""
    pod: str | None = None
    role: RoleArn | None = None
    issuer: str | None = None
    """Without scheme."""
    account: str | None = None
    region: str | None = None
    request_id: str | None = None
    at: datetime | None = None
    """When the text says that it failed."""
    assumed: bool = False
    """Whether the role was assumed, and something after that failed."""
    default_from: Words = say("this channel's default")  # noqa: RUF009  it never changes
    default_cluster: str | None = None
    default_namespace: str | None = None
    default_service_account: str | None = None
    default_workload: WorkloadRef | None = None
    said: tuple[Words, ...] = ()


def clues_of(case: Case) -> Clues:
    """Collect the clues: a person's word over the text's, the text's over the channel's defaults."""
    hints, defaults = case.hints, case.defaults
    role = RoleArn.parse(hints.role_arn) if hints.role_arn else None
    asked = Clues(
        cluster=hints.cluster,
        asked=hints.cluster is not None,
        namespace=_name(hints.namespace),
        service_account=_name(hints.service_account),
        workload=_workload(hints.workload),
        role=role,
        default_from=case.defaults_from,
        default_cluster=defaults.cluster,
        default_namespace=_name(defaults.namespace),
        default_service_account=_name(defaults.service_account),
        default_workload=_workload(defaults.workload),
        said=_said(
            (say("namespace as asked"), hints.namespace),
            (say("service account as asked"), hints.service_account),
            (say("workload as asked"), hints.workload),
        ),
    )
    if case.symptom is not None:
        return _with_text(asked, case.hints, case.symptom)
    by_default = RoleArn.parse(defaults.role_arn) if defaults.role_arn else None
    return replace(asked, role=role or by_default, account=role.account if role else None)


def _with_text(asked: Clues, hints: Hints, symptom: Symptom) -> Clues:
    """What the text adds to what was asked."""
    role = asked.role or _role(symptom)
    return replace(
        asked,
        cluster=asked.cluster or symptom.cluster,
        namespace=asked.namespace or _name(symptom.namespace),
        service_account=asked.service_account or _name(symptom.service_account),
        workload_name=_name(symptom.workload),
        pod=_name(symptom.pod),
        role=role,
        issuer=symptom.issuer.removeprefix("https://") if symptom.issuer else None,
        account=role.account if role else _account(symptom.account_id),
        region=symptom.region,
        request_id=symptom.request_id,
        at=symptom.at,
        assumed=symptom.cause in (Cause.PERMISSION, Cause.ROLE_CHAINING),
        said=asked.said
        + _said(
            (
                say("namespace from the error"),
                symptom.namespace if hints.namespace is None else None,
            ),
            (
                say("service account from the error"),
                symptom.service_account if hints.service_account is None else None,
            ),
        ),
    )


def _said(*statements: tuple[Words, object]) -> tuple[Words, ...]:
    """The words of the statements that were made."""
    return tuple(words for words, value in statements if value is not None)


def _account(text: str | None) -> str | None:
    return text if text is not None and len(text) == _ACCOUNT_DIGITS else None


def _role(symptom: Symptom) -> RoleArn | None:
    """The pod's role, as far as the text shows it.

    Where the role was assumed, the text names it by its session, and the role ARN in it may be the next one's;
    a node's role is nobody's service account's.
    """
    if symptom.cause is Cause.NODE_ROLE:
        return None
    if symptom.cause in (Cause.PERMISSION, Cause.ROLE_CHAINING):
        if symptom.source_role is None or symptom.account_id is None:
            return None
        partition = partition_of(symptom.region or "")
        return RoleArn.parse(
            f"arn:{partition}:iam::{symptom.account_id}:role/{symptom.source_role}"
        )
    return RoleArn.parse(symptom.role_arn) if symptom.role_arn else None


def _workload(ref: WorkloadRef | None) -> WorkloadRef | None:
    """A reference that can be asked for, or nothing."""
    if ref is None or ref.kind not in KINDS or _name(ref.name) != ref.name:
        return None
    return ref


def _name(text: str | None) -> str | None:
    """A name as Kubernetes takes it, or nothing: text from outside goes into no request unchecked."""
    if text is None or len(text) > _LONGEST:
        return None
    plain = text.strip().lower()
    ok = plain.isascii() and all(c.isalnum() or c in "-." for c in plain)
    return plain if ok and plain[:1].isalnum() and plain[-1:].isalnum() else None
