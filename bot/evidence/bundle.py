"""All evidence of one diagnosis, sorted by what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bot.clients.aws.account import iam_role
from bot.clients.kube import mapping, wire
from bot.clients.kube.request import WORKLOADS, can_exist
from bot.evidence import aws_output
from bot.evidence.documents import documents
from bot.evidence.fault import EvidenceError, of_field
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.evidence.documents import Document
    from diagnostics.evidence import IamRole, MutatingWebhook, Pod, ServiceAccount, Workload

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Named = TypeVar("Named", bound=wire.Object)
_MOST_OBJECTS: Final = 10_000
_MOST_FILES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece(Generic[T]):
    """One thing, and the file that says so."""

    file: str
    value: T


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One object or answer as it was written, for whoever passes it on."""

    kind: str
    """The Kubernetes kind, or `role`, `provider`, `providers`, `cluster`."""
    value: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Bundle:
    """What the files hold."""

    sources: list[Source] = field(default_factory=list)
    """Everything, in the order of the files."""

    service_accounts: list[Piece[ServiceAccount]] = field(default_factory=list)
    workloads: list[Piece[Workload]] = field(default_factory=list)
    pods: list[Piece[Pod]] = field(default_factory=list)
    webhooks: list[Piece[MutatingWebhook]] = field(default_factory=list)
    webhooks_listed: str | None = None
    """The file with the list of all of them."""
    accounts_listed: str | None = None
    """The file with a list of service accounts."""
    roles: list[Piece[IamRole]] = field(default_factory=list)
    providers: list[Piece[aws_output.Provider]] = field(default_factory=list)
    provider_lists: list[Piece[tuple[str, ...]]] = field(default_factory=list)
    clusters: list[Piece[aws_output.Cluster]] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    """One sentence for each document that no check reads."""


def read_bundle(files: Iterable[tuple[str, bytes]]) -> Bundle:
    """Sort the evidence in files, given by name and content.

    Raises:
        EvidenceError: A file can't be read as the output of a command that is known here.
    """
    bundle, count = Bundle(), 0
    for number, (file, raw) in enumerate(files, 1):
        if number > _MOST_FILES:
            raise EvidenceError(f"more than {_MOST_FILES} files of evidence")
        for document in documents(file, raw):
            count += _sort(bundle, document)
            if count > _MOST_OBJECTS:
                raise EvidenceError(f"{document.where}: more than {_MOST_OBJECTS:,} objects in all")
    if len({c.value.arn for c in bundle.clusters}) > 1:
        names = " and ".join(sorted({c.value.name for c in bundle.clusters})[:3])
        raise EvidenceError(
            f"the evidence describes several clusters ({names}); pass one's at a time"
        )
    return bundle


def _sort(bundle: Bundle, document: Document) -> int:
    value, where = document.value, document.where
    kind = value.get("kind")
    if isinstance(kind, str):
        items = value.get("items")
        if not kind.endswith("List") or not isinstance(items, list):
            _object(bundle, document, kind, value, where)
            return 1
        for index, item in enumerate(items):
            place = f"{where}: items.{index}"
            if not isinstance(item, dict):
                raise EvidenceError(f"{place}: expected an object")
            of = item.get("kind") or kind.removesuffix("List")
            _object(bundle, document, of if isinstance(of, str) else "", item, place)
            if of == "ServiceAccount":
                bundle.accounts_listed = document.file
            if of == "MutatingWebhookConfiguration":
                bundle.webhooks_listed = document.file
        if kind == "MutatingWebhookConfigurationList":
            bundle.webhooks_listed = document.file
        return len(items)
    if not _aws(bundle, document):
        raise EvidenceError(
            f"{where}: this is the output of no command that is known here; expected an object with "
            "`kind` (kubectl get … -o yaml), or `Role`, `OpenIDConnectProviderList`, `Url` with "
            "`ClientIDList`, or `cluster` (aws … --output json)"
        )
    return 1


def _object(
    bundle: Bundle, document: Document, kind: str, value: dict[str, Any], where: str
) -> None:
    file = document.file
    if kind in ("ServiceAccount", "Pod", "MutatingWebhookConfiguration", *WORKLOADS):
        bundle.sources.append(Source(kind=kind, value=value))
    if kind == "ServiceAccount":
        account = mapping.service_account(_named(wire.ServiceAccount, value, where))
        bundle.service_accounts.append(Piece(file=file, value=account))
    elif kind == "Pod":
        pod = _named(wire.Pod, value, where)
        bundle.pods.append(Piece(file=file, value=mapping.pod(pod)))
        if not pod.metadata.owner_references:
            bundle.workloads.append(Piece(file=file, value=mapping.pod_as_workload(pod)))
    elif kind in WORKLOADS:
        workload = mapping.workload(kind, _named(wire.Workload, value, where))
        bundle.workloads.append(Piece(file=file, value=workload))
    elif kind == "MutatingWebhookConfiguration":
        found = _valid(wire.MutatingWebhookConfiguration, value, where)
        hooks = mapping.webhooks(found)
        bundle.webhooks.extend(Piece(file=file, value=hook) for hook in hooks)
    else:
        bundle.sources.append(Source(kind=visible(kind)[:63], value=value))
        bundle.passed_over.append(f"{where}: no check reads kind {visible(kind)[:63] or '(none)'}.")


def _named(model: type[Named], value: dict[str, Any], where: str) -> Named:
    found = _valid(model, value, where)
    meta = found.metadata
    for key, name in (("namespace", meta.namespace), ("name", meta.name)):
        if not name or not can_exist(name):
            raise EvidenceError(f"{where}: metadata.{key}: {visible(name)[:63]!r} is no name")
    times = (
        meta.creation_timestamp,
        meta.deletion_timestamp,
        *(m.time for m in meta.managed_fields),
    )
    if any(time is not None and time.tzinfo is None for time in times):
        raise EvidenceError(f"{where}: metadata: a time has no zone, such as Z")
    return found


_ANSWERS: Final = {
    "Role": "role",
    "OpenIDConnectProviderList": "providers",
    "ClientIDList": "provider",
    "Url": "provider",
    "cluster": "cluster",
}


def _aws(bundle: Bundle, document: Document) -> bool:
    value, file, where = document.value, document.file, document.where
    for key, kind in _ANSWERS.items():
        if key in value:
            bundle.sources.append(Source(kind=kind, value=value))
            break
    if "Role" in value:
        role = _valid(aws_output.Role, value["Role"], f"{where}: Role")
        mapped = iam_role(role.model_dump(by_alias=True, exclude_none=True))
        bundle.roles.append(Piece(file=file, value=mapped))
    elif "OpenIDConnectProviderList" in value:
        listed = _valid(aws_output.Providers, value, where)
        arns = tuple(one.arn for one in listed.items)
        bundle.provider_lists.append(Piece(file=file, value=arns))
    elif "ClientIDList" in value or "Url" in value:
        provider = _valid(aws_output.Provider, value, where)
        bundle.providers.append(Piece(file=file, value=provider))
    elif "cluster" in value:
        cluster = _valid(aws_output.Cluster, value["cluster"], f"{where}: cluster")
        bundle.clusters.append(Piece(file=file, value=cluster))
    else:
        return False
    return True


def _valid(model: type[M], value: object, where: str) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise of_field(where, error) from None
    except (OverflowError, RecursionError):
        raise EvidenceError(f"{where}: a value is out of bounds") from None
