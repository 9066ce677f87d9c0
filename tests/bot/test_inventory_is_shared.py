"""The inventory's records in both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clients.aws.listing import FoundCluster
from bot.inventory import InventoryRecords
from bot.store import open_store

MEMBER, REGION = "111122223333", "eu-west-1"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def found(name: str, issuer: str | None) -> FoundCluster:
    return FoundCluster(
        account=MEMBER, region=REGION, eks_name=name, issuer=issuer, status="ACTIVE"
    )


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_one_of_several_processes_looks_and_all_see_what_it_found(database: str) -> None:
    clock = [NOON]
    async with (
        open_store(database, now=lambda: clock[0]) as one,
        open_store(database, now=lambda: clock[0]) as two,
    ):
        records = [InventoryRecords(engine=s.engine, now=s.now) for s in (one, two, one, two)]
        claims = await asyncio.gather(
            *(r.claim(MEMBER, REGION, every=timedelta(minutes=15)) for r in records)
        )
        assert sorted(claims) == [False, False, False, True]

        await records[0].found(MEMBER, REGION, [found("a", "https://a"), found("b", None)])
        clock[0] += timedelta(hours=1)
        await records[1].found(MEMBER, REGION, [found("a", None), found("c", "https://c")])
        await records[1].failed(MEMBER, REGION, "AccessDenied " + "x" * 5000)

        assert [(c.eks_name, c.issuer) for c in await records[0].clusters()] == [
            ("a", "https://a"),
            ("c", "https://c"),
        ]
        (scan,) = await records[0].scans()
        assert (scan.at, scan.tried) == (clock[0], clock[0])
        assert len(scan.trouble or "") == 1000
