"""The sweep: issuers, then accounts, then clusters, each listed once and with bounded concurrency."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from diagnostics.errors import ReadError
from diagnostics.journal import recording
from diagnostics.sweep.cluster import judge_cluster
from diagnostics.sweep.finding import ClusterResult, SweepFinding, Unread
from diagnostics.sweep.index import Index
from diagnostics.sweep.strangers import stranger_findings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterable, Mapping

    from diagnostics.evidence import Cluster
    from diagnostics.fleet import Account, FleetCluster
    from diagnostics.sweep.readers import SweepReader

T = TypeVar("T")
R = TypeVar("R")
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
        found = await issuers_of(reader, out, tell=tell, at_once=at_once)
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
                objects = await reader.objects(entry)
            result = await judge_cluster(
                entry,
                found[entry.name],
                objects,
                index,
                fleet=reader.fleet,
                now=now(),
                calls=len(made),
            )
            if keep is not None:
                keep(result)
        finished += 1
        tell(Progress(step="clusters", done=finished, total=len(entries), last=entry.name))
        return result

    out.clusters = await _each(entries, one, at_once)
    out.clusters.sort(key=lambda c: c.cluster)
    out.calls += sum(c.calls for c in out.clusters)
    trusted = {where: len(roles) for where, roles in index.strangers.items()}
    out.findings.extend(stranger_findings(trusted, reader.fleet, frozenset(found)))
    return out


async def _each(items: Iterable[T], work: Callable[[T], Awaitable[R]], at_once: int) -> list[R]:
    """Do the work with so many workers; the queue is the list itself, so memory stays flat."""
    results: list[R] = []
    queue = iter(list(items))

    async def worker() -> None:
        results.extend([await work(item) for item in queue])

    async with asyncio.TaskGroup() as group:
        for _ in range(max(1, at_once)):
            group.create_task(worker())
    return results


async def issuers_of(
    reader: SweepReader,
    out: SweepResult,
    *,
    tell: Callable[[Progress], None] = lambda _progress: None,
    at_once: int,
) -> dict[str, Cluster]:
    """Ask EKS for every cluster of the fleet, by name; those that can't be read are told in `out`."""
    found: dict[str, Cluster] = {}
    entries = reader.fleet.clusters
    finished = 0

    async def one(entry: FleetCluster) -> None:
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

    async def one(account: Account) -> None:
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

    await _each(accounts, one, at_once)
