"""The clusters that EKS lists beside those of the fleet file: found, kept, aged, and used to locate."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli.inventory import lines
from bot.clients import build_clients
from bot.clients.aws.listing import FoundCluster
from bot.inventory import Inventory, InventoryRecords, Scan, SeenCluster, with_seen
from bot.store import open_store
from diagnostics.errors import ReadDenied
from diagnostics.fleet import Account, Fleet, FleetCluster
from tests.support.aws import aws_at, moto_running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.clients.aws.members import Members
    from bot.store import Store

MEMBER, OTHER = "111122223333", "444455556666"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FLEET = Fleet(
    accounts=(
        Account(id=MEMBER, name="shared", read_role=f"arn:aws:iam::{MEMBER}:role/read"),
        Account(id=OTHER, name="team", read_role=None, regions=("us-east-1",)),
    ),
    clusters=(
        FleetCluster(name="prod-eu", account=MEMBER, region="eu-west-1", eks_name="prod"),
        FleetCluster(
            name="kops",
            account=MEMBER,
            region="eu-west-1",
            eks_name="kops",
            issuer="https://kops.example.com",
        ),
    ),
)


@dataclass
class Clock:
    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Eks:
    """What EKS would list, and what the clients were told."""

    there: dict[tuple[str, str], tuple[FoundCluster, ...]] = field(default_factory=dict)
    denied: set[tuple[str, str]] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    fleet: Fleet = FLEET

    async def clusters_in(self, account_id: str, region: str) -> tuple[FoundCluster, ...]:
        self.asked.append((account_id, region))
        await asyncio.sleep(0)
        if (account_id, region) in self.denied:
            raise ReadDenied("AccessDenied: no", enable="allow listing")
        return self.there.get((account_id, region), ())

    async def members(self) -> Members:
        raise AssertionError("this fleet file says nothing of an organization")

    def know(self, fleet: Fleet) -> None:
        self.fleet = fleet


def found(
    name: str, account: str = MEMBER, region: str = "eu-west-1", issuer: str | None = "?"
) -> FoundCluster:
    issuer = f"https://oidc.example.com/{name}" if issuer == "?" else issuer
    return FoundCluster(
        account=account, region=region, eks_name=name, issuer=issuer, status="ACTIVE"
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/irsa.db", now=clock) as opened:
        yield opened


def inventory(store: Store, eks: Eks) -> Inventory:
    records = InventoryRecords(engine=store.engine, now=store.now)
    return Inventory(fleet=FLEET, clients=eks, records=records)


def names(fleet: Fleet) -> dict[str, str | None]:
    return {c.name: c.known_issuer for c in fleet.clusters}


async def test_what_eks_lists_is_known_beside_the_fleet_file(store: Store) -> None:
    eks = Eks(
        there={
            (MEMBER, "eu-west-1"): (found("prod"), found("kops"), found("batch")),
            (OTHER, "us-east-1"): (found("web", OTHER, "us-east-1"),),
        }
    )

    await inventory(store, eks).refresh()

    assert eks.asked == [(MEMBER, "eu-west-1"), (OTHER, "us-east-1")]
    assert names(eks.fleet) == {
        "prod-eu": "https://oidc.example.com/prod",
        "kops": "https://kops.example.com",
        "shared/eu-west-1/batch": "https://oidc.example.com/batch",
        "team/us-east-1/web": "https://oidc.example.com/web",
    }
    assert [c.name for c in eks.fleet.clusters if c.discovered] == [
        "shared/eu-west-1/batch",
        "team/us-east-1/web",
    ]
    assert eks.fleet.accounts == FLEET.accounts
    assert eks.fleet.cluster("prod-eu").issuer is None


async def test_a_region_is_asked_again_only_when_its_list_is_old(
    store: Store, clock: Clock
) -> None:
    eks = Eks()
    for minutes, asked in ((0, 2), (14, 2), (1, 4), (10, 4)):
        clock.at += timedelta(minutes=minutes)
        await inventory(store, eks).refresh()
        assert len(eks.asked) == asked


async def test_replicas_share_one_look_and_its_result(store: Store) -> None:
    one, two = Eks(), Eks()
    one.there = two.there = {(MEMBER, "eu-west-1"): (found("batch"),)}

    await asyncio.gather(inventory(store, one).refresh(), inventory(store, two).refresh())
    await inventory(store, one).tell()
    await inventory(store, two).tell()

    assert sorted(one.asked + two.asked) == [(MEMBER, "eu-west-1"), (OTHER, "us-east-1")]
    assert names(one.fleet) == names(two.fleet)
    assert "shared/eu-west-1/batch" in names(two.fleet)


async def test_a_process_that_dies_while_it_looks_is_replaced(store: Store, clock: Clock) -> None:
    records = InventoryRecords(engine=store.engine, now=clock)
    every = timedelta(minutes=15)

    assert await records.claim(MEMBER, "eu-west-1", every=every)
    assert not await records.claim(MEMBER, "eu-west-1", every=every)
    clock.at += timedelta(minutes=6)
    assert await records.claim(MEMBER, "eu-west-1", every=every)


async def test_a_refusal_keeps_what_was_seen_with_its_age_and_says_why(
    store: Store, clock: Clock
) -> None:
    eks = Eks(there={(MEMBER, "eu-west-1"): (found("batch"),)})
    await inventory(store, eks).refresh()
    clock.at += timedelta(hours=3)
    eks.denied.add((MEMBER, "eu-west-1"))
    await inventory(store, eks).refresh()

    records = InventoryRecords(engine=store.engine, now=clock)
    assert eks.fleet.cluster("shared/eu-west-1/batch").seen_at == NOON
    assert list(lines(eks.fleet, await records.scans(), now=clock.at)) == [
        "prod-eu  fleet file  issuer not known yet",
        "kops  fleet file  https://kops.example.com",
        "shared/eu-west-1/batch  found by EKS, seen 3 h ago  https://oidc.example.com/batch",
        "111122223333 eu-west-1: last listed 3 h ago; AccessDenied: no; to enable it, allow listing",
    ]


async def test_a_deleted_cluster_is_forgotten_and_an_unread_issuer_is_not(
    store: Store, clock: Clock
) -> None:
    place = (MEMBER, "eu-west-1")
    eks = Eks(there={place: (found("batch"), found("gone"))})
    await inventory(store, eks).refresh()
    clock.at += timedelta(hours=1)
    eks.there = {place: (found("batch", issuer=None),)}
    await inventory(store, eks).refresh()

    assert names(eks.fleet)["shared/eu-west-1/batch"] == "https://oidc.example.com/batch"
    assert "shared/eu-west-1/gone" not in names(eks.fleet)
    assert eks.fleet.cluster("shared/eu-west-1/batch").seen_at == clock.at


async def test_accounts_and_regions_that_left_the_fleet_file_take_their_clusters_along(
    store: Store,
) -> None:
    eks = Eks(there={(OTHER, "us-east-1"): (found("web", OTHER, "us-east-1"),)})
    await inventory(store, eks).refresh()
    assert "team/us-east-1/web" in names(eks.fleet)

    without = replace(FLEET, accounts=(FLEET.accounts[0], replace(FLEET.accounts[1], regions=())))
    await replace(inventory(store, eks), fleet=without).tell()

    assert names(eks.fleet).keys() == {"prod-eu", "kops"}


async def test_it_runs_beside_the_bot_until_the_end_and_survives_a_broken_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    eks = Eks(there={(MEMBER, "eu-west-1"): (found("batch"),)})
    kept = replace(inventory(store, eks), check=timedelta(milliseconds=1))
    seen = asyncio.Event()
    failures = [OSError("the disk is gone")]
    tell = Inventory.tell

    async def at_first_broken(self: Inventory) -> Fleet:
        if failures:
            raise failures.pop()
        known = await tell(self)
        if "shared/eu-west-1/batch" in names(eks.fleet):
            seen.set()
        return known

    monkeypatch.setattr(Inventory, "tell", at_first_broken)
    async with kept.running(), asyncio.timeout(30):
        await seen.wait()

    assert not failures
    assert "inventory" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_an_interval_of_zero_asks_nothing(store: Store) -> None:
    eks = Eks()
    async with replace(inventory(store, eks), every=timedelta()).running():
        await asyncio.sleep(0)

    assert eks.asked == []


def test_a_cluster_that_is_reached_by_an_endpoint_of_its_own_is_not_taken_for_one_of_eks() -> None:
    entry = replace(FLEET.clusters[0], endpoint="https://10.0.0.1")
    seen = SeenCluster(
        account=MEMBER,
        region="eu-west-1",
        eks_name="prod",
        issuer="https://oidc.example.com/prod",
        at=NOON,
    )

    assert with_seen(replace(FLEET, clusters=(entry,)), (seen,)).clusters == (entry,)


def test_a_scan_that_never_worked_is_told() -> None:
    scan = Scan(account=MEMBER, region="eu-west-1", at=None, tried=NOON, trouble="AccessDenied")

    assert list(lines(replace(FLEET, clusters=()), (scan,), now=NOON)) == [
        "111122223333 eu-west-1: never listed; AccessDenied"
    ]


# -- real boto3 ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    with moto_running() as url:
        make: Any = boto3.client
        common = {"endpoint_url": url, "region_name": "eu-west-1"}
        sts = make("sts", aws_access_key_id="a", aws_secret_access_key="b", **common)
        given = sts.assume_role(
            RoleArn=f"arn:aws:iam::{MEMBER}:role/administrator", RoleSessionName="test"
        )["Credentials"]
        eks = make(
            "eks",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            **common,
        )
        for n in range(3):
            eks.create_cluster(
                name=f"c{n}",
                roleArn=f"arn:aws:iam::{MEMBER}:role/eks",
                resourcesVpcConfig={"subnetIds": ["subnet-1"]},
            )
        yield url


async def test_clusters_are_listed_and_described_through_the_read_role(moto_url: str) -> None:
    async with build_clients(FLEET, aws_at(moto_url, AWS_REGION="eu-west-1")) as clients:
        listed = await clients.clusters_in(MEMBER, "eu-west-1")
        elsewhere = await clients.clusters_in(MEMBER, "us-east-1")

    assert [c.eks_name for c in listed] == ["c0", "c1", "c2"]
    assert all((c.issuer or "").startswith("https://oidc.eks.eu-west-1.") for c in listed)
    assert elsewhere == ()


def test_the_command_lists_clusters_with_their_ages(
    moto_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(
        f'version: 1\naccounts:\n  - {{id: "{MEMBER}", name: shared, read_role: read}}\n'
        f'clusters:\n  - {{name: prod, account: "{MEMBER}", region: eu-west-1, eks_name: c0}}\n'
    )
    for name, value in aws_at(moto_url, AWS_REGION="eu-west-1").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("IRSA_DATABASE_URL", f"sqlite:///{tmp_path}/irsa.db")
    monkeypatch.setenv("IRSA_FLEET_FILE", str(file))

    before = CliRunner().invoke(app, ["inventory"])
    after = CliRunner().invoke(app, ["inventory", "--refresh"])

    assert before.output == "prod  fleet file  issuer not known yet\n"
    shown = [line.split("  ")[:2] for line in after.output.splitlines()]
    assert shown == [
        ["prod", "fleet file, seen 0 s ago"],
        ["shared/eu-west-1/c1", "found by EKS, seen 0 s ago"],
        ["shared/eu-west-1/c2", "found by EKS, seen 0 s ago"],
    ]
