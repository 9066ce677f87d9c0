"""Keeps the inventory fresh in the background, and tells the clients what it knows."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.inventory.merge import with_seen
from diagnostics.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.clients.aws.listing import FoundCluster
    from bot.inventory.records import InventoryRecords
    from diagnostics.fleet import Fleet

_log = structlog.get_logger("irsa.inventory")
_SCANS_AT_ONCE = 4
_LONGEST_SCAN = timedelta(minutes=4)
"""Less than the lease of a scan."""


class FleetReader(Protocol):
    """What the inventory asks of the clients."""

    async def clusters_in(self, account_id: str, region: str) -> tuple[FoundCluster, ...]:
        """The clusters of an account in a region.

        Raises:
            ReadError: They can't be listed.
        """

    def know(self, fleet: Fleet) -> None:
        """Use this fleet from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The clusters of the fleet's accounts."""

    fleet: Fleet
    """As the fleet file says: its accounts are looked into, and no others."""
    clients: FleetReader
    records: InventoryRecords
    every: timedelta = timedelta(minutes=15)
    """How old a region's list may be."""
    check: timedelta = timedelta(seconds=30)
    """How often due regions, and the news of other replicas, are looked for."""

    async def run(self) -> None:
        """Look into each region when it is due, until cancelled. A trouble is logged and tried again."""
        while True:
            try:
                await self.refresh()
            except Exception:  # noqa: BLE001  the process goes on, and tries again
                _log.exception("inventory not kept")
            await asyncio.sleep(self.check.total_seconds())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep it fresh while the block runs; not at all where `every` is zero."""
        if not self.every:
            yield
            return
        task = asyncio.create_task(self.run(), name="inventory")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def refresh(self) -> None:
        """Look into the regions that are due, and tell the clients what is on record by then."""
        await self.tell()
        slots = asyncio.Semaphore(_SCANS_AT_ONCE)

        async def one(account: str, region: str) -> bool:
            async with slots:
                return await self._scan(account, region)

        if any(await asyncio.gather(*(one(*place) for place in self.places()))):
            await self.tell()

    async def tell(self) -> None:
        """Tell the clients what is on record, whoever found it."""
        places = set(self.places())
        seen = await self.records.clusters()
        self.clients.know(
            with_seen(self.fleet, (c for c in seen if (c.account, c.region) in places))
        )

    def places(self) -> Iterator[tuple[str, str]]:
        """The regions that are looked into: each account's `regions`, and those of its clusters."""
        for account in self.fleet.accounts:
            own = (c.region for c in self.fleet.clusters if c.account == account.id)
            for region in dict.fromkeys((*account.regions, *own)):
                yield account.id, region

    async def _scan(self, account: str, region: str) -> bool:
        if not await self.records.claim(account, region, every=self.every):
            return False
        try:
            async with asyncio.timeout(_LONGEST_SCAN.total_seconds()):
                found = await self.clients.clusters_in(account, region)
        except TimeoutError:
            await self.records.failed(account, region, "EKS did not answer in time")
            return False
        except ReadError as error:
            await self.records.failed(account, region, f"{error.why}; to enable it, {error.enable}")
            _log.warning("clusters not listed", account=account, region=region, why=error.why)
            return False
        await self.records.found(account, region, found)
        return True
