"""What the inventory has on record, in the store that replicas share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, or_, select, update

from bot.clients.aws.members import Member
from bot.store.insert import insert_once
from bot.store.tables import cluster_scans, organization_accounts, seen_clusters
from diagnostics.languages import Said, from_kept, kept, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.clients.aws.listing import FoundCluster
    from diagnostics.languages import Words
    from handlers.ports import Clock

_LEASE = timedelta(minutes=5)
"""After which a scan that did not end is another process's to make."""

_LONGEST: Final = 1_000
"""Characters of a trouble."""

ORGANIZATION: Final = ("organization", "aws")
"""In the place of account and region: the look at the organization's list of accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCluster:
    """A cluster that EKS listed."""

    account: str
    region: str
    eks_name: str
    issuer: str | None
    """OIDC issuer URL; the last one that was read, where the newest scan could read none."""
    at: datetime
    """When it was last listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How the last look into an account's region went."""

    account: str
    region: str
    at: datetime | None
    """When it last succeeded; None: never."""
    tried: datetime | None = None
    trouble: Words | None = None
    """Why the last attempt failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRecords:
    """The inventory's tables."""

    engine: AsyncEngine
    now: Clock

    async def clusters(self) -> tuple[SeenCluster, ...]:
        """Every cluster on record."""
        wanted = select(seen_clusters).order_by(
            seen_clusters.c.account, seen_clusters.c.region, seen_clusters.c.eks_name
        )
        async with self.engine.connect() as connection:
            rows = await connection.execute(wanted)
            return tuple(
                SeenCluster(
                    account=row.account,
                    region=row.region,
                    eks_name=row.eks_name,
                    issuer=row.issuer,
                    at=datetime.fromtimestamp(row.at, UTC),
                )
                for row in rows
            )

    async def scans(self) -> tuple[Scan, ...]:
        """The last look into every region."""
        wanted = select(cluster_scans).order_by(cluster_scans.c.account, cluster_scans.c.region)
        async with self.engine.connect() as connection:
            rows = await connection.execute(wanted)
            return tuple(
                Scan(
                    account=row.account,
                    region=row.region,
                    at=_time(row.at),
                    tried=_time(row.tried),
                    trouble=_read(row.trouble),
                )
                for row in rows
            )

    async def members(self) -> tuple[Member, ...]:
        """The organization's accounts on record."""
        table = organization_accounts
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(table).order_by(table.c.account))
            return tuple(Member(id=row.account, name=row.name) for row in rows)

    async def organized(self, members: Sequence[Member], *, trouble: Words | None = None) -> None:
        """Keep the organization's accounts; those that it no longer lists are forgotten.

        Args:
            members: Its active accounts.
            trouble: Why the list is not all of it, or can't be used, as far as is known.
        """
        now = self.now().timestamp()
        table = organization_accounts
        account, region = ORGANIZATION
        async with self.engine.begin() as connection:
            await connection.execute(delete(table))
            rows = [{"account": m.id, "name": m.name, "at": now} for m in members]
            if rows:
                await connection.execute(insert(table), rows)
            await connection.execute(
                update(cluster_scans)
                .where(cluster_scans.c.account == account, cluster_scans.c.region == region)
                .values(at=now, tried=now, claimed=None, trouble=_written(trouble))
            )

    async def claim(self, account: str, region: str, *, every: timedelta) -> bool:
        """Whether this process is to look into a region: it is due, and nobody else is at it."""
        now = self.now().timestamp()
        place = {"account": account, "region": region}
        async with self.engine.begin() as connection:
            await insert_once(connection, cluster_scans, place)
            scan = cluster_scans.c
            claimed = await connection.execute(
                update(cluster_scans)
                .where(
                    scan.account == account,
                    scan.region == region,
                    or_(scan.tried.is_(None), scan.tried <= now - every.total_seconds()),
                    or_(scan.claimed.is_(None), scan.claimed <= now - _LEASE.total_seconds()),
                )
                .values(claimed=now)
            )
            return claimed.rowcount == 1

    async def found(self, account: str, region: str, clusters: Sequence[FoundCluster]) -> None:
        """Keep what a region has; what is no longer listed is forgotten, an issuer that could not be read is not."""
        now = self.now().timestamp()
        table = seen_clusters
        here = (table.c.account == account, table.c.region == region)
        async with self.engine.begin() as connection:
            for cluster in clusters:
                row = {"account": account, "region": region, "eks_name": cluster.eks_name}
                fresh = {"at": now} | ({"issuer": cluster.issuer} if cluster.issuer else {})
                if not await insert_once(connection, table, row | {"at": now} | fresh):
                    await connection.execute(
                        update(table)
                        .where(*here, table.c.eks_name == cluster.eks_name)
                        .values(**fresh)
                    )
            await connection.execute(delete(table).where(*here, table.c.at < now))
            await connection.execute(
                update(cluster_scans)
                .where(cluster_scans.c.account == account, cluster_scans.c.region == region)
                .values(at=now, tried=now, claimed=None, trouble=None)
            )

    async def failed(self, account: str, region: str, trouble: Words) -> None:
        """Keep why a region could not be looked into; what was seen there before stays, with its age."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(cluster_scans)
                .where(cluster_scans.c.account == account, cluster_scans.c.region == region)
                .values(tried=self.now().timestamp(), claimed=None, trouble=_written(trouble))
            )


def _written(trouble: Words | None) -> str | None:
    """A trouble as text; a sentence with its pieces, so that it can be said in the reader's language."""
    if trouble is None:
        return None
    short = shortened(trouble, _LONGEST)
    return json.dumps(kept(short)) if isinstance(short, Said) else short


def _read(text: str | None) -> Words | None:
    if text is None or not text.startswith('{"say": '):
        return text
    try:
        return from_kept(json.loads(text))
    except ValueError:
        return text


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
