"""The sweep: issuers, then accounts, then clusters, each listed once and with bounded concurrency."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from diagnostics.checks.containers import bare
from diagnostics.checks.issuers import eks_issuer
from diagnostics.errors import ReadError
from diagnostics.evidence import Pods
from diagnostics.gather.annotation import looks_like_role_key
from diagnostics.journal import recording
from diagnostics.result import Severity
from diagnostics.sweep.binding import judge
from diagnostics.sweep.finding import ClusterResult, SweepFinding, Unread
from diagnostics.sweep.index import Index
from diagnostics.sweep.trusts import role_faults

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence

    from diagnostics.evidence import Cluster, Pod, ServiceAccount
    from diagnostics.fleet import Account, FleetCluster
    from diagnostics.sweep.readers import ClusterObjects, SweepReader

T = TypeVar("T")
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a sweep is."""

    step: str
    """`issuers`, `accounts` or `clusters`."""
    done: int
    total: int
    last: str = ""
    """What was finished last."""


@dataclass(slots=True, kw_only=True)
class SweepResult:
    """Everything that a sweep came to."""

    clusters: list[ClusterResult] = field(default_factory=list)
    findings: list[SweepFinding] = field(default_factory=list)
    """Those of no single cluster: issuers that none has."""
    unread: list[Unread] = field(default_factory=list)
    accounts: int = 0
    roles: int = 0
    calls: int = 0


async def sweep(
    reader: SweepReader,
    *,
    now: Now,
    progress: Callable[[Progress], None] | None = None,
    done: Mapping[str, ClusterResult] | None = None,
    keep: Callable[[ClusterResult], None] | None = None,
    at_once: int = 16,
    only: Collection[str] = (),
) -> SweepResult:
    """Sweep the whole fleet. What can't be read is told and costs no other part.

    Args:
        reader: Reads lists.
        now: The clock.
        progress: Told after each part.
        done: Results of an interrupted sweep by cluster, which are taken as they are.
        keep: Gets each cluster's result as soon as it stands.
        at_once: Accounts or clusters that are read at the same time.
        only: The clusters to look into, by name; all where none is named. Issuers are asked of all, because which
            are the fleet's decides what is a stranger.
    """
    done = done or {}
    tell = progress or (lambda _progress: None)
    out = SweepResult()
    with recording() as calls:
        found = await _issuers(reader, out, tell, at_once)
        index = Index(issuers={c.issuer_path: name for name, c in found.items()})
        await _accounts(reader, index, out, tell, at_once)
        before = len(calls)
    out.calls += before
    finished = 0
    entries = [
        entry
        for entry in reader.fleet.clusters
        if entry.name in found and (not only or entry.name in only)
    ]

    async def one(entry: FleetCluster) -> ClusterResult:
        nonlocal finished
        result = done.get(entry.name)
        if result is None:
            with recording() as made:
                result = await _cluster(reader, entry, found[entry.name], index, now, made)
            if keep is not None:
                keep(result)
        finished += 1
        tell(Progress(step="clusters", done=finished, total=len(entries), last=entry.name))
        return result

    out.clusters = await _each(entries, one, at_once)
    out.clusters.sort(key=lambda c: c.cluster)
    out.calls += sum(c.calls for c in out.clusters)
    out.findings.extend(_strangers(index, reader, frozenset(found)))
    return out


async def _each(
    items: Iterable[T], work: Callable[[T], Awaitable[ClusterResult]], at_once: int
) -> list[ClusterResult]:
    """Do the work with so many workers; the queue is the list itself, so memory stays flat."""
    results: list[ClusterResult] = []
    queue = iter(list(items))

    async def worker() -> None:
        results.extend([await work(item) for item in queue])

    async with asyncio.TaskGroup() as group:
        for _ in range(max(1, at_once)):
            group.create_task(worker())
    return results


async def _issuers(
    reader: SweepReader, out: SweepResult, tell: Callable[[Progress], None], at_once: int
) -> dict[str, Cluster]:
    found: dict[str, Cluster] = {}
    entries = reader.fleet.clusters
    finished = 0

    async def one(entry: FleetCluster) -> ClusterResult:
        nonlocal finished
        try:
            cluster = await reader.cluster(entry)
        except ReadError as error:
            out.unread.append(
                Unread(where=f"cluster {entry.name}", why=error.why, enable=error.enable)
            )
        else:
            if cluster is None:
                out.unread.append(
                    Unread(
                        where=f"cluster {entry.name}",
                        why=f"EKS has no cluster {entry.eks_name} in account {entry.account}, {entry.region}",
                        enable="correct the cluster in the fleet file, or remove it",
                    )
                )
            else:
                found[entry.name] = cluster
        finished += 1
        tell(Progress(step="issuers", done=finished, total=len(entries), last=entry.name))
        return ClusterResult(cluster=entry.name, account=entry.account)

    await _each(entries, one, at_once)
    return found


async def _accounts(
    reader: SweepReader,
    index: Index,
    out: SweepResult,
    tell: Callable[[Progress], None],
    at_once: int,
) -> None:
    accounts = reader.fleet.accounts
    issuers = frozenset(index.issuers)
    finished = 0

    async def one(account: Account) -> ClusterResult:
        nonlocal finished
        try:
            facts = await reader.account(account, issuers)
        except ReadError as error:
            unread = Unread(where=f"account {account.id}", why=error.why, enable=error.enable)
            out.unread.append(unread)
            index.unread[account.id] = unread
        else:
            index.add(facts)
            out.accounts += 1
            out.roles += len(facts.roles)
        finished += 1
        tell(Progress(step="accounts", done=finished, total=len(accounts), last=account.name))
        return ClusterResult(cluster="", account=account.id)

    await _each(accounts, one, at_once)


async def _cluster(  # noqa: PLR0917  one cluster and what it is judged by
    reader: SweepReader,
    entry: FleetCluster,
    cluster: Cluster,
    index: Index,
    now: Now,
    made: Sequence[object],
) -> ClusterResult:
    objects = await reader.objects(entry)
    findings: list[SweepFinding] = []
    accounts = objects.service_accounts
    bindings = undecided = healthy = 0
    if accounts is not None:
        by_account = _by_account(objects)
        for account in accounts:
            if not account.role_arn:
                findings.extend(_misspelled(account, cluster))
                continue
            bindings += 1
            pods = (
                None
                if by_account is None
                else by_account.get((account.namespace, account.name), ())
            )
            judged = judge(
                account,
                cluster,
                index,
                pods=tuple(pods) if pods is not None else None,
                webhooks=objects.webhooks,
                now=now(),
            )
            if judged.finding is not None:
                findings.append(judged.finding)
            elif judged.decided:
                healthy += 1
            else:
                undecided += 1
            findings.extend(_both(account, cluster, objects))
            # A cluster may have thousands; the others must get their turn.
            if bindings % 200 == 0:
                await asyncio.sleep(0)
        findings.extend(
            role_faults(
                index.by_issuer.get(cluster.issuer_path, ()),
                cluster,
                existing={(a.namespace, a.name) for a in accounts},
                annotated={
                    (a.namespace, a.name) for a in accounts if a.role_arn or _misspelled(a, cluster)
                },
                identities=objects.pod_identities or (),
                waiting=_waiting(by_account),
            )
        )
    return ClusterResult(
        cluster=entry.name,
        account=entry.account,
        service_accounts=len(accounts or ()),
        bindings=bindings,
        healthy=healthy,
        undecided=undecided,
        findings=tuple(findings),
        unread=(*objects.unread, *_outside(accounts or (), index)),
        calls=len(made),
        issuer=cluster.issuer,
    )


def _by_account(objects: ClusterObjects) -> dict[tuple[str, str], list[Pod]] | None:
    if objects.pods is None:
        return None
    out: dict[tuple[str, str], list[Pod]] = defaultdict(list)
    for pod in objects.pods:
        out[pod.namespace, pod.spec.service_account].append(pod)
    return out


def _waiting(pods: Mapping[tuple[str, str], list[Pod]] | None) -> frozenset[tuple[str, str]]:
    """The service accounts whose live pods all run without a role."""
    return frozenset(
        who
        for who, items in (pods or {}).items()
        if (live := Pods(items=tuple(items)).live) and all(bare(pod) for pod in live)
    )


def _misspelled(account: ServiceAccount, cluster: Cluster) -> list[SweepFinding]:
    return [
        SweepFinding(
            code="IRSA106",
            severity=Severity.CAUSE,
            account=cluster.account,
            cluster=cluster.name,
            namespace=account.namespace,
            service_account=account.name,
            headline=f"The role annotation is spelled {key[:120]}.",
            seen=key[:200],
            wanted="eks.amazonaws.com/role-arn",
            next="Annotate the service account with the right key, then restart its pods.",
        )
        for key in account.annotations
        if looks_like_role_key(key)
    ][:1]


def _both(account: ServiceAccount, cluster: Cluster, objects: ClusterObjects) -> list[SweepFinding]:
    if (account.namespace, account.name) not in (objects.pod_identities or ()):
        return []
    return [
        SweepFinding(
            code="IRSA212",
            severity=Severity.RISK,
            account=cluster.account,
            cluster=cluster.name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=account.role_arn,
            headline="The service account has a role annotation and an EKS Pod Identity association.",
            seen="both",
            wanted="one of the two",
            next="Remove the annotation, or the association.",
        )
    ]


def _outside(accounts: Iterable[ServiceAccount], index: Index) -> list[Unread]:
    """Accounts that annotations name but the fleet file does not."""
    named: dict[str, int] = defaultdict(int)
    for account in accounts:
        parts = (account.role_arn or "").split(":")
        if len(parts) > 4 and parts[4].isdigit() and len(parts[4]) == 12:  # noqa: PLR2004  an ARN's account
            named[parts[4]] += 1
    return [
        Unread(
            where=f"account {number}",
            why=f"the fleet file does not name it, so {count} of its roles are not judged",
            enable=f'add `- id: "{number}"` under `accounts:` in the fleet file',
        )
        for number, count in sorted(named.items())
        if number not in index.accounts and number not in index.unread
    ]


def _strangers(index: Index, reader: SweepReader, read: frozenset[str]) -> list[SweepFinding]:
    """Issuers that no cluster of the fleet has; silent about a region in which a cluster could not be read."""
    dark = {entry.region for entry in reader.fleet.clusters if entry.name not in read}
    out = []
    for (account, issuer), roles in sorted(index.strangers.items()):
        parts = eks_issuer(issuer)
        if parts is None or parts.region in dark:
            continue
        trust = f"{len(roles)} roles trust it" if len(roles) > 1 else "one role trusts it"
        if not roles:
            trust = "no role trusts it"
        out.append(
            SweepFinding(
                code="IRSA702",
                severity=Severity.RISK,
                account=account,
                role_arn=f"issuer {issuer}",
                headline=f"Account {account} knows an issuer that no cluster of the fleet has; {trust}.",
                seen=issuer,
                wanted="issuers of clusters that exist",
                next="If the cluster is gone, delete the OIDC provider and take it out of the trust policies; "
                "if it exists, add it to the fleet file.",
            )
        )
    return out
