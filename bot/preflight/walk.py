"""Through the fleet file and what the inventory found beside it: accounts, clusters, Slack; some at a time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.preflight.account import check_account, check_organization
from bot.preflight.cluster import check_cluster
from bot.preflight.links import LINKS, check_links
from bot.preflight.outcome import MOST_FOUND, Check, Outcome, Place, State
from bot.preflight.reach import Reach
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.clients.limits import Limits
    from bot.fleet_file import FleetFile
    from bot.preflight.outcome import Kind
    from diagnostics.fleet import Fleet, FleetCluster

PLACES_AT_ONCE: Final = 8


async def preflight(
    file: FleetFile,
    environ: Mapping[str, str],
    *,
    limits: Limits,
    slack: Callable[[], Awaitable[Place]] | None = None,
    links: str | None = None,
    found: Callable[[Reach], Awaitable[Fleet]] | None = None,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _of: None,
    at_once: int = PLACES_AT_ONCE,
) -> Outcome:
    """Check every account and cluster, and Slack and links where they are asked for.

    Args:
        file: The fleet file.
        environ: AWS_* and KUBECONFIG.
        limits: Timeouts and sizes.
        slack: Checks Slack; None: there are no tokens.
        links: `IRSA_LINKS`; None: there are no links to incidents.
        found: Gives the fleet with the clusters that the inventory found; None: the fleet file alone.
        progress: Told the name of each place when it is done, how many are, and of how many.
        at_once: Places at the same time.
    """
    started, start = datetime.now(UTC), time.perf_counter()
    async with Reach(file.fleet, environ, limits) as reach:
        if found is not None:
            reach.know(await found(reach))
        fleet, left_out = bounded(reach.fleet)
        walks = [
            _Walk("account", account.id, partial(check_account, reach, account))
            for account in fleet.accounts
        ]
        walks += [_cluster(file, reach, entry) for entry in fleet.clusters]
        if fleet.organization:
            walks.append(
                _Walk("organization", "AWS Organizations", partial(check_organization, reach))
            )
        if slack is not None:
            walks.append(_Walk("slack", "Slack", slack))
        if links is not None:
            walks.append(_Walk("links", LINKS, partial(check_links, links)))
        places = await _bounded(walks, progress, at_once)
    return Outcome(
        places=places, started=started, seconds=time.perf_counter() - start, left_out=left_out
    )


def bounded(fleet: Fleet, most: int = MOST_FOUND) -> tuple[Fleet, int]:
    """A fleet as it is tried: of what the inventory found so many clusters, and the accounts that those are in.

    Args:
        fleet: All that is known.
        most: Clusters beside the fleet file's.

    Returns:
        The fleet, and how many clusters are left out.
    """
    found = [cluster for cluster in fleet.clusters if cluster.discovered]
    tried = (*(c for c in fleet.clusters if not c.discovered), *found[:most])
    used = {cluster.account for cluster in tried}
    accounts = tuple(a for a in fleet.accounts if not a.discovered or a.id in used)
    return replace(fleet, accounts=accounts, clusters=tried), max(len(found) - most, 0)


class _Walk(NamedTuple):
    kind: Kind
    name: str
    check: Callable[[], Awaitable[Place]]


def _cluster(file: FleetFile, reach: Reach, entry: FleetCluster) -> _Walk:
    """One that was found is meant to be changed only where somebody may approve that."""
    fixes = not entry.discovered or any(
        approver.clusters is None or entry.name in approver.clusters for approver in file.approvers
    )
    namespaces = fix_namespaces(file, entry.name)
    return _Walk(
        "cluster", entry.name, partial(check_cluster, reach, entry, namespaces, fixes=fixes)
    )


def fix_namespaces(file: FleetFile, cluster: str) -> frozenset[str]:
    """Where fixes can be approved in a cluster; empty: everywhere, or nobody may approve."""
    found: set[str] = set()
    for approver in file.approvers:
        if approver.clusters is not None and cluster not in approver.clusters:
            continue
        if approver.namespaces is None:
            return frozenset()
        found |= approver.namespaces
    return frozenset(found)


async def _bounded(
    walks: Sequence[_Walk], progress: Callable[[str, int, int], None], at_once: int
) -> tuple[Place, ...]:
    slots = asyncio.Semaphore(at_once)
    done = 0

    async def one(walk: _Walk) -> Place:
        nonlocal done
        async with slots:
            try:
                place = await walk.check()
            except Exception as error:  # noqa: BLE001  one place must not hide what the others say
                place = Place(kind=walk.kind, name=walk.name, checks=(_ours(error),))
        done += 1
        progress(place.name, done, len(walks))
        return place

    return tuple(await asyncio.gather(*(one(walk) for walk in walks)))


def _ours(error: Exception) -> Check:
    return Check(
        what=say("this check"),
        state=State.NO_ANSWER,
        why=say("it failed itself ({error})", error=type(error).__name__),
        enable=say("report it as a bug of irsa-doctor"),
    )
