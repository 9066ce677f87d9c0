"""Keeps the inventory fresh in the background, and tells the clients what it knows."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog
from botocore.exceptions import ClientError

from bot.background import beside, repeating
from bot.inventory.members import with_members
from bot.inventory.merge import with_seen
from bot.inventory.records import ORGANIZATION
from diagnostics.errors import ReadError
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.clients.aws.listing import FoundCluster
    from bot.clients.aws.members import Members
    from bot.inventory.records import InventoryRecords
    from diagnostics.fleet import Account, Fleet
    from diagnostics.languages import Said

_log = structlog.get_logger("irsa.inventory")
_ACCOUNTS_AT_ONCE = 4
_MEMBERS = 4
"""How many times older the list of an account may be that only the organization lists: there may be thousands."""
_LONGEST_SCAN = timedelta(minutes=4)
"""Less than the lease of a scan."""


class FleetReader(Protocol):
    """What the inventory asks of the clients."""

    async def clusters_in(self, account_id: str, region: str) -> tuple[FoundCluster, ...]:
        """The clusters of an account in a region.

        Raises:
            ReadError: They can't be listed.
        """

    async def members(self) -> Members:
        """The active accounts of the organization.

        Raises:
            ReadError: They can't be listed.
        """

    def know(self, fleet: Fleet) -> None:
        """Use this fleet from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The clusters of the fleet's accounts, and of its organization's where the fleet file allows that."""

    fleet: Fleet
    """As the fleet file says."""
    clients: FleetReader
    records: InventoryRecords
    every: timedelta = timedelta(minutes=15)
    """How old a region's list may be; four times as old in accounts that only the organization lists."""
    check: timedelta = timedelta(seconds=30)
    """How often due regions, and the news of other replicas, are looked for."""

    async def run(self) -> None:
        """Look into each region when it is due, until cancelled. A trouble is logged and tried again."""
        pause = self.check.total_seconds()
        await repeating(self.refresh, pause=pause, log=_log, trouble="inventory not kept")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep it fresh while the block runs; not at all where `every` is zero."""
        if not self.every:
            yield
            return
        async with beside(self.run(), name="inventory"):
            yield

    async def refresh(self) -> None:
        """Look into what is due, and tell the clients what is on record by then."""
        if self.fleet.organization:
            await self._organize()
        known = await self.tell()
        slots = asyncio.Semaphore(_ACCOUNTS_AT_ONCE)

        async def one(account: Account, regions: list[str]) -> bool:
            async with slots:
                return await self._look(account, regions)

        due = await self._due(known)
        if any(await asyncio.gather(*(one(*place) for place in due))):
            await self.tell()

    async def tell(self) -> Fleet:
        """Tell the clients what is on record, whoever found it."""
        known = await fleet_on_record(self.fleet, self.records)
        self.clients.know(known)
        return known

    async def _organize(self) -> None:
        """List the organization's accounts when that is due; where they can't be listed, the fleet file's remain."""
        if not await self.records.claim(*ORGANIZATION, every=self.every * _MEMBERS):
            return
        try:
            async with asyncio.timeout(_LONGEST_SCAN.total_seconds()):
                found = await self.clients.members()
        except TimeoutError:
            await self.records.failed(*ORGANIZATION, say("Organizations did not answer in time"))
            return
        except ReadError as error:
            await self._failed(*ORGANIZATION, error)
            return
        trouble: Said | None = None
        if not found.complete:
            trouble = say(
                "it has more than {count} accounts; the others are left out",
                count=f"{len(found.items):,}",
            )
        try:
            with_members(self.fleet, found.items)
        except ReadError as error:
            trouble = told(error)
        if trouble is not None:
            _log.warning("organization not discovered", why=trouble)
        await self.records.organized(found.items, trouble=trouble)

    async def _due(self, known: Fleet) -> list[tuple[Account, list[str]]]:
        """The accounts with regions whose list is old, those that were never looked into first."""
        tried = {(s.account, s.region): s.tried for s in await self.records.scans()}
        accounts = {account.id: account for account in known.accounts}
        due: dict[str, list[str]] = {}
        for account, region in places_of(known):
            last = tried.get((account, region))
            if last is None or last <= self.records.now() - self._every(accounts[account]):
                due.setdefault(account, []).append(region)
        return [(accounts[account], regions) for account, regions in due.items()]

    def _every(self, account: Account) -> timedelta:
        return self.every * _MEMBERS if account.discovered else self.every

    async def _look(self, account: Account, regions: list[str]) -> bool:
        """Look into the regions of an account, one after the other; whether any could be listed."""
        any_listed = False
        refused: ReadError | None = None
        for region in regions:
            if not await self.records.claim(account.id, region, every=self._every(account)):
                continue
            if refused is not None:
                await self._failed(account.id, region, refused, quiet=True)
                continue
            try:
                async with asyncio.timeout(_LONGEST_SCAN.total_seconds()):
                    found = await self.clients.clusters_in(account.id, region)
            except TimeoutError:
                await self.records.failed(account.id, region, say("EKS did not answer in time"))
            except ReadError as error:
                # A role that can't be assumed is the same one in every region.
                refused = error if account.discovered and _not_assumed(error) else None
                await self._failed(account.id, region, error, quiet=account.discovered)
            else:
                await self.records.found(account.id, region, found)
                any_listed = True
        return any_listed

    async def _failed(
        self, account: str, region: str, error: ReadError, *, quiet: bool = False
    ) -> None:
        await self.records.failed(account, region, told(error))
        log = _log.debug if quiet else _log.warning
        log("clusters not listed", account=account, region=region, why=error.why)


async def fleet_on_record(fleet: Fleet, records: InventoryRecords) -> Fleet:
    """The fleet file's accounts and clusters, with those on record beside them.

    Args:
        fleet: As the fleet file says.
        records: What was found, by whichever process.
    """
    known = fleet
    if fleet.organization:
        try:
            known = with_members(fleet, await records.members())
        except ReadError:
            known = fleet  # said when the accounts were listed
    places = set(places_of(known))
    seen = await records.clusters()
    return with_seen(known, (c for c in seen if (c.account, c.region) in places))


def places_of(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """The regions that are looked into: each account's `regions`, and those of its clusters."""
    own: dict[str, list[str]] = {}
    for cluster in fleet.clusters:
        own.setdefault(cluster.account, []).append(cluster.region)
    for account in fleet.accounts:
        for region in dict.fromkeys((*account.regions, *own.get(account.id, ()))):
            yield account.id, region


def told(error: ReadError) -> Said:
    """Why something could not be listed, and what would change that, as one trouble."""
    return say("{why}; to enable it, {enable}", why=error.why, enable=error.enable)


def _not_assumed(error: ReadError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ClientError) and cause.operation_name == "AssumeRole"
