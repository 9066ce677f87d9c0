"""The clusters that the fleet file does not name, as EKS lists them now: what the inventory would find."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.clients.aws.identities import Purpose
from bot.clients.aws.listing import cluster_names
from bot.clients.aws.members import list_members
from bot.inventory.keeper import places_of
from bot.inventory.members import with_members
from bot.inventory.merge import with_seen
from bot.inventory.records import SeenCluster
from diagnostics.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.preflight.reach import Reach
    from diagnostics.fleet import Account, Fleet

_AT_ONCE: Final = 8
"""Accounts."""
_SECONDS: Final = 60.0
"""For all lists together; what was not listed by then is left out."""


async def listed_now(reach: Reach) -> Fleet:
    """Ask EKS in each region that the inventory looks into; the fleet file's clusters with those found beside them.

    What can't be listed is passed over: the account's own check says why.
    """
    fleet = await _organized(reach)
    reach.know(fleet)
    regions: dict[str, list[str]] = {}
    for account, region in places_of(fleet):
        regions.setdefault(account, []).append(region)
    slots = asyncio.Semaphore(_AT_ONCE)
    seen: list[SeenCluster] = []

    async def one(account: Account) -> None:
        async with slots:
            await _look(reach, account, regions.get(account.id, ()), seen)

    try:
        async with asyncio.timeout(_SECONDS):
            await asyncio.gather(*(one(account) for account in fleet.accounts))
    except TimeoutError:
        pass
    return with_seen(fleet, seen)


async def _organized(reach: Reach) -> Fleet:
    if not reach.fleet.organization:
        return reach.fleet
    own = reach.fleet.accounts[0]
    try:
        found = await list_members(reach.sessions, reach.region(own), own.id)
        return with_members(reach.fleet, found.items)
    except ReadError:
        return reach.fleet  # the organization's own check says why


async def _look(
    reach: Reach, account: Account, regions: Sequence[str], seen: list[SeenCluster]
) -> None:
    """Look into the regions of an account; in one that only the organization lists, a refusal is of all of them."""
    calls = reach.calls(account, Purpose.READ)
    for region in regions:
        try:
            names = await cluster_names(calls, region)
        except ReadError:
            if account.discovered:
                return
            continue
        seen += [
            SeenCluster(
                account=account.id,
                region=region,
                eks_name=name,
                issuer=None,
                at=datetime.now(UTC),
            )
            for name in names
        ]
