"""Through the whole fleet file: accounts, clusters, Slack; a bounded number of places at a time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.preflight.account import check_account, check_organization
from bot.preflight.cluster import check_cluster
from bot.preflight.links import check_links
from bot.preflight.outcome import Check, Outcome, Place, State
from bot.preflight.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.clients.limits import Limits
    from bot.fleet_file import FleetFile
    from bot.preflight.outcome import Kind

PLACES_AT_ONCE: Final = 8


async def preflight(
    file: FleetFile,
    environ: Mapping[str, str],
    *,
    limits: Limits,
    slack: Callable[[], Awaitable[Place]] | None = None,
    links: str | None = None,
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
        progress: Told the name of each place when it is done, how many are, and of how many.
        at_once: Places at the same time.
    """
    started, start = datetime.now(UTC), time.perf_counter()
    fleet = file.fleet
    async with Reach(fleet, environ, limits) as reach:
        walks = [
            _Walk("account", account.id, partial(check_account, reach, account))
            for account in fleet.accounts
        ]
        walks += [
            _Walk(
                "cluster",
                entry.name,
                partial(check_cluster, reach, entry, fix_namespaces(file, entry.name)),
            )
            for entry in fleet.clusters
        ]
        if fleet.organization:
            walks.append(
                _Walk("organization", "AWS Organizations", partial(check_organization, reach))
            )
        if slack is not None:
            walks.append(_Walk("slack", "Slack", slack))
        if links is not None:
            walks.append(_Walk("links", "Links to incidents", partial(check_links, links)))
        places = await _bounded(walks, progress, at_once)
    return Outcome(places=places, started=started, seconds=time.perf_counter() - start)


class _Walk(NamedTuple):
    kind: Kind
    name: str
    check: Callable[[], Awaitable[Place]]


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
        what="this check",
        state=State.NO_ANSWER,
        why=f"it failed itself ({type(error).__name__})",
        enable="report it as a bug of irsa-doctor",
    )
