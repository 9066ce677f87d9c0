"""Read a fleet file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from bot.fleet_file.check import check
from bot.fleet_file.contents import Approver, Channel, FleetFile, Reader, SweepPlan
from bot.fleet_file.faults import Fault, FleetFileError
from bot.fleet_file.freezes import Freeze, WeeklyFreeze
from bot.fleet_file.models import FleetDocument
from bot.fleet_file.partitions import role_arn
from bot.fleet_file.times import DAYS, clock_of, zone_of
from bot.fleet_file.tree import TreeFaults, fault_at, read_tree
from bot.fleet_file.values import certificate
from bot.given_file import read_given
from diagnostics.document.tree import Mapping, Scalar, Sequence
from diagnostics.fix.plan import FixKind
from diagnostics.fleet import Account, Binding, Fleet, FleetCluster, Hub
from diagnostics.languages import Language
from handlers.reach import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping as IdByName

    from bot.fleet_file.models import ClusterEntry, FreezeEntry, ReaderEntry, SweepEntry

MOST_BYTES: Final = 1024 * 1024


def load(path: Path) -> FleetFile:
    """Read and validate a fleet file.

    Raises:
        FleetFileError: It can't be read or has faults; the error lists all of them.
    """
    try:
        data = _read(path)
    except OSError as error:
        raise _whole(path, f"can't be read: {error.strerror or error}") from error
    return parse(data, path)


def parse(data: bytes, path: Path) -> FleetFile:
    """Validate the bytes of a fleet file; `path` names it in errors and anchors relative paths.

    Raises:
        FleetFileError: It has faults; the error lists all of them.
    """
    if len(data) > MOST_BYTES:
        raise _whole(path, "larger than 1 MB; a fleet file is far smaller")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = f"byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise FleetFileError(
            str(path), (Fault(line=line, column=1, field="", words=words),)
        ) from error
    try:
        root = read_tree(text)
    except TreeFaults as error:
        raise FleetFileError(str(path), error.faults) from error
    if not isinstance(root, Mapping):
        raise _whole(path, "empty or no mapping; start it with `version: 1`")
    document, faults = check(root)
    authorities, unreadable = _authorities(root, path)
    if document is None or unreadable:
        raise FleetFileError(str(path), faults + unreadable)
    contents = _contents(document, authorities, path.parent)
    named = dict.fromkeys(_located(c.ca_file, path.parent) for c in document.clusters if c.ca_file)
    return replace(contents, named_files=tuple(named))


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of the fleet file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **FleetDocument.model_json_schema(),
    }


def _whole(path: Path, words: str) -> FleetFileError:
    return FleetFileError(str(path), (Fault(line=0, column=0, field="", words=words),))


def _read(path: Path) -> bytes:
    return read_given(path, most=MOST_BYTES)


def _authorities(root: Mapping, path: Path) -> tuple[dict[int, str], tuple[Fault, ...]]:
    """Read the files that `ca_file` names, by the cluster's index."""
    texts: dict[int, str] = {}
    faults: list[Fault] = []
    clusters = root.get("clusters")
    for index, entry in enumerate(clusters.items if isinstance(clusters, Sequence) else []):
        node = entry.get("ca_file") if isinstance(entry, Mapping) else None
        if not isinstance(node, Scalar) or not node.string:
            continue
        name = node.text
        try:
            data = _read(_located(name, path.parent))
            texts[index] = certificate(data.decode())
        except (OSError, ValueError, PydanticCustomError) as error:
            words = f"{name[:200]!r} can't be used: {_reason(error)}"
            field = f"clusters[{index}].ca_file"
            faults.append(fault_at(node, field, words))
    return texts, tuple(faults)


def _reason(error: Exception) -> str:
    if isinstance(error, PydanticCustomError):
        return error.message()
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "not a PEM text file"


def _located(name: str, folder: Path) -> Path:
    return folder / Path(name).expanduser()


def _contents(document: FleetDocument, authorities: dict[int, str], folder: Path) -> FleetFile:
    regions = [(c.account, c.region) for c in document.clusters]
    regions += [(a.id, region) for a in document.accounts for region in a.regions]
    accounts = tuple(
        Account(
            id=a.id,
            name=a.name or a.id,
            read_role=role_arn(a.read_role, account=a.id, name=a.name, regions=regions),
            fix_role=role_arn(a.fix_role, account=a.id, name=a.name, regions=regions),
            external_id=a.external_id,
            proof_role=role_arn(a.proof_role, account=a.id, name=a.name, regions=regions),
            allow_trust_policy_fix=a.allow_trust_policy_fix,
            allow_provider_fix=a.allow_provider_fix,
            regions=tuple(dict.fromkeys(a.regions)),
        )
        for a in document.accounts
    )
    ids = {a.name: a.id for a in accounts} | {a.id: a.id for a in accounts}
    return FleetFile(
        fleet=Fleet(
            accounts=accounts,
            organization=document.organization,
            member_role=document.organization_role,
            clusters=tuple(
                _cluster(c, ids[c.account], c.ca or authorities.get(index), folder)
                for index, c in enumerate(document.clusters)
            ),
            bindings=tuple(
                Binding(
                    cluster=b.cluster,
                    namespace=b.namespace,
                    service_account=b.service_account,
                    role_arn=b.role_arn,
                )
                for b in document.bindings
            ),
            hub=Hub(role=document.hub_role, external_id=document.hub_external_id)
            if document.hub_role
            else None,
        ),
        channels=tuple(
            Channel(
                id=c.id,
                cluster=c.cluster,
                namespace=c.namespace,
                language=Language(c.language) if c.language else None,
            )
            for c in document.channels
        ),
        language=Language(document.language),
        alert_bots=frozenset(document.alert_bots),
        approvers=tuple(
            Approver(
                users=frozenset(a.users),
                groups=frozenset(a.groups),
                clusters=None if a.clusters is None else frozenset(a.clusters),
                namespaces=None if a.namespaces is None else frozenset(a.namespaces),
                fixes=_kinds(a.fixes),
                channels=None if a.channels is None else frozenset(a.channels),
                approvals=a.approvals,
                own_requests=a.own_requests,
            )
            for a in document.approvers
        ),
        freezes=tuple(_freeze(f) for f in document.freezes),
        readers=tuple(_reader(r, ids) for r in document.readers),
        audit_channel=document.audit_channel,
        sweep=_sweep(document.sweep),
    )


def _sweep(entry: SweepEntry | None) -> SweepPlan | None:
    if entry is None:
        return None
    return SweepPlan(
        channel=entry.channel,
        schedule=entry.schedule,
        zone=ZoneInfo(entry.timezone),
        quiet=entry.quiet,
    )


def _freeze(entry: FreezeEntry) -> Freeze | WeeklyFreeze:
    """Which of the two it is, and that it is whole, `cross_rules` has seen to."""
    clusters = None if entry.clusters is None else frozenset(entry.clusters)
    namespaces = None if entry.namespaces is None else frozenset(entry.namespaces)
    fixes = _kinds(entry.fixes)
    if entry.since is not None and entry.until is not None:
        return Freeze(
            name=entry.name,
            since=datetime.fromisoformat(entry.since),
            until=datetime.fromisoformat(entry.until),
            clusters=clusters,
            namespaces=namespaces,
            fixes=fixes,
        )
    begins, ends = clock_of(entry.from_ or ""), clock_of(entry.to or "")
    zone = zone_of(entry.timezone or "")
    if begins is None or ends is None or zone is None:
        raise AssertionError(entry.name)
    first, last = begins[0], ends[0]
    if first is not None and last is not None:
        days = frozenset({first})
        nights = (last - first) % len(DAYS) or (0 if begins < ends else len(DAYS))
    else:
        days = frozenset(DAYS.index(d) for d in entry.days or DAYS)
        nights = 0 if begins < ends else 1
    return WeeklyFreeze(
        name=entry.name,
        days=days,
        begins=begins[1],
        ends=ends[1],
        nights=nights,
        zone=zone,
        but_not=frozenset(date.fromisoformat(d) for d in entry.except_),
        clusters=clusters,
        namespaces=namespaces,
        fixes=fixes,
    )


def _reader(entry: ReaderEntry, ids: IdByName[str, str]) -> Reader:
    return Reader(
        scope=Scope(
            accounts=frozenset(ids[a] for a in entry.accounts), clusters=frozenset(entry.clusters)
        ),
        users=frozenset(entry.users),
        groups=frozenset(entry.groups),
        channels=frozenset(entry.channels) if entry.channels else None,
        only=entry.only,
    )


def _kinds(names: tuple[str, ...] | None) -> frozenset[FixKind] | None:
    return None if names is None else frozenset(FixKind(name) for name in names)


def _cluster(entry: ClusterEntry, account: str, ca: str | None, folder: Path) -> FleetCluster:
    return FleetCluster(
        name=entry.name,
        account=account,
        region=entry.region,
        eks_name=entry.eks_name or entry.name,
        endpoint=entry.endpoint,
        ca=ca,
        proxy_url=entry.proxy_url,
        kubeconfig=str(_located(entry.kubeconfig, folder)) if entry.kubeconfig else None,
        context=entry.context,
        issuer=entry.issuer,
        proof=entry.proof,
        proof_pod=entry.proof_pod,
        events=entry.events,
    )
