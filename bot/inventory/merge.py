"""The fleet file's clusters with what the inventory adds."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from diagnostics.fleet import Fleet, FleetCluster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.inventory.records import SeenCluster

_LONGEST: Final = 100
"""Characters of a cluster's name, in the fleet file and in the store."""


def with_seen(fleet: Fleet, seen: Iterable[SeenCluster]) -> Fleet:
    """Add what was seen: issuers to the clusters that the fleet file names, and the clusters that it does not.

    A cluster that only the inventory knows is called `account/region/name`, a name that stays the same however
    many others are found. Its account is one that the fleet file names, so nothing is read beyond that.

    Args:
        fleet: As the fleet file says.
        seen: What the inventory has on record; entries of other accounts are passed over.
    """
    by_place = {(c.account, c.region, c.eks_name): c for c in seen}
    clusters = []
    for entry in fleet.clusters:
        # One that is reached by an endpoint of its own need not be the EKS cluster of that name.
        own = entry.endpoint is not None or entry.issuer is not None
        found = None if own else by_place.get((entry.account, entry.region, entry.eks_name))
        known = found is not None and found.issuer is not None
        clusters.append(
            replace(entry, seen_issuer=found.issuer, seen_at=found.at)
            if found is not None and known
            else entry
        )
    named = {(c.account, c.region, c.eks_name) for c in fleet.clusters}
    taken = {c.name for c in fleet.clusters}
    accounts = {a.id: a.name for a in fleet.accounts}
    for place, found in sorted(by_place.items()):
        account, region, eks_name = place
        name = _name(accounts.get(account) or account, found)
        if account in accounts and place not in named and name not in taken:
            clusters.append(
                FleetCluster(
                    name=name,
                    account=account,
                    region=region,
                    eks_name=eks_name,
                    seen_issuer=found.issuer,
                    seen_at=found.at,
                    discovered=True,
                )
            )
    return replace(fleet, clusters=tuple(clusters))


def _name(account: str, found: SeenCluster) -> str:
    """`account/region/name`; one that is too long is cut, and told apart by a digest."""
    name = f"{account}/{found.region}/{found.eks_name}"
    if len(name) <= _LONGEST:
        return name
    name = f"{found.account}/{found.region}/{found.eks_name}"
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - 9]}-{digest}"
