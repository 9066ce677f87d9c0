"""Accounts that only the organization lists: found, read under the fleet file's role, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from bot.cli.inventory import lines
from bot.clients import build_clients
from bot.clients.aws.members import Member, Members
from bot.inventory import Inventory, InventoryRecords, Troubles
from bot.inventory.members import member_role, with_members
from diagnostics.errors import ReadDenied, ReadError
from diagnostics.fleet import FleetCluster
from tests.locate import test_inventory as plain
from tests.locate.test_inventory import MEMBER, OTHER, Clock, Eks, found, names
from tests.support.aws import aws_at, moto_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clients.aws.listing import FoundCluster
    from bot.store import Store

clock, store = plain.clock, plain.store

HIDDEN, CLOSED = "777788889999", "888899990000"
FLEET = replace(
    plain.FLEET,
    organization=True,
    accounts=(
        replace(plain.FLEET.accounts[0], external_id="x-1"),
        replace(
            plain.FLEET.accounts[1], read_role=f"arn:aws:iam::{OTHER}:role/read", external_id="x-1"
        ),
    ),
)
BATCH = found("batch", HIDDEN, "us-east-1")


@dataclass
class Organized(Eks):
    """Eks, and what Organizations would list."""

    accounts: tuple[Member, ...] = (
        Member(id=MEMBER, name="shared"),
        Member(id=HIDDEN, name="data"),
    )
    error: ReadError | None = None
    complete: bool = True
    no_role: set[str] = field(default_factory=set)
    listings: int = 0

    async def members(self) -> Members:
        self.listings += 1
        if self.error is not None:
            raise self.error
        return Members(items=self.accounts, complete=self.complete)

    async def clusters_in(self, account_id: str, region: str) -> tuple[FoundCluster, ...]:
        if account_id in self.no_role:
            self.asked.append((account_id, region))
            refused: Any = {"Error": {"Code": "AccessDenied", "Message": "no"}}
            raise ReadDenied("AccessDenied: no", enable="make the role") from ClientError(
                refused, "AssumeRole"
            )
        return await super().clusters_in(account_id, region)


def inventory(store: Store, eks: Organized) -> Inventory:
    records = InventoryRecords(engine=store.engine, now=store.now)
    return Inventory(fleet=FLEET, clients=eks, records=records)


async def told(store: Store, eks: Organized, clock: Clock) -> list[str]:
    records = InventoryRecords(engine=store.engine, now=clock)
    shown = lines(eks.fleet, await records.scans(), now=clock.at)
    return [line for line in shown if line.startswith(("organization", "1", "4", "7"))]


async def test_an_account_that_only_the_organization_lists_is_looked_into_with_the_same_role(
    store: Store, clock: Clock
) -> None:
    eks = Organized(there={(HIDDEN, "us-east-1"): (BATCH,)})

    await inventory(store, eks).refresh()

    account = eks.fleet.account(HIDDEN)
    assert account.read_role == f"arn:aws:iam::{HIDDEN}:role/read"
    assert (account.external_id, account.fix_role, account.discovered) == ("x-1", None, True)
    assert {place for place in eks.asked if place[0] == HIDDEN} == {
        (HIDDEN, "eu-west-1"),
        (HIDDEN, "us-east-1"),
    }
    assert "data/us-east-1/batch" in names(eks.fleet)
    assert await told(store, eks, clock) == [
        "organization: 1 account beside the fleet file's, last listed 0 s ago"
    ]


async def test_nothing_is_listed_unless_the_fleet_file_says_so(store: Store) -> None:
    eks = Organized()

    await replace(inventory(store, eks), fleet=plain.FLEET).refresh()

    assert eks.listings == 0
    assert [a.id for a in eks.fleet.accounts] == [MEMBER, OTHER]


async def test_a_refusal_is_stated_once_and_the_fleet_files_accounts_are_looked_into_all_the_same(
    store: Store, clock: Clock
) -> None:
    denied = ReadDenied("AccessDenied: no", enable="allow organizations:ListAccounts")
    eks = Organized(there={(MEMBER, "eu-west-1"): (found("batch"),)}, error=denied)
    for _ in range(5):
        await inventory(store, eks).refresh()
        clock.at += timedelta(minutes=5)

    assert eks.listings == 1
    assert "shared/eu-west-1/batch" in names(eks.fleet)
    assert await told(store, eks, clock) == [
        "organization: never listed; AccessDenied: no; to enable it, allow organizations:ListAccounts"
    ]


async def test_accounts_without_the_role_cost_one_call_each_and_make_one_sentence(
    store: Store, clock: Clock
) -> None:
    more = tuple(Member(id=f"90000000{n:04}", name=f"team {n}") for n in range(30))
    eks = Organized(accounts=more, no_role={m.id for m in more})

    await inventory(store, eks).refresh()
    await inventory(store, eks).refresh()

    assert len([place for place in eks.asked if place[0] in eks.no_role]) == 30
    said = Troubles.of(eks.fleet, await InventoryRecords(engine=store.engine, now=clock).scans())
    assert said.members_refused == (
        "30 of 30 accounts that the fleet file does not list can't be looked into; account 900000000000: "
        "AccessDenied: no; to enable it, make the role"
    )


async def test_they_are_looked_into_a_fourth_as_often(store: Store, clock: Clock) -> None:
    eks = Organized()
    for minutes in (0, 16, 16, 16, 16):
        clock.at += timedelta(minutes=minutes)
        await inventory(store, eks).refresh()

    assert len([p for p in eks.asked if p == (MEMBER, "eu-west-1")]) == 5
    assert len([p for p in eks.asked if p == (HIDDEN, "eu-west-1")]) == 2
    assert eks.listings == 2


async def test_an_account_that_left_takes_its_clusters_along_and_a_late_refusal_does_not(
    store: Store, clock: Clock
) -> None:
    eks = Organized(there={(HIDDEN, "us-east-1"): (BATCH,)})
    await inventory(store, eks).refresh()
    clock.at += timedelta(hours=2)
    eks.error = ReadDenied("AccessDenied: no", enable="allow it")
    await inventory(store, eks).refresh()
    assert "data/us-east-1/batch" in names(eks.fleet)

    clock.at += timedelta(hours=2)
    eks.error, eks.accounts = None, eks.accounts[:1]
    await inventory(store, eks).refresh()

    assert "data/us-east-1/batch" not in names(eks.fleet)
    assert [a.id for a in eks.fleet.accounts] == [MEMBER, OTHER]


async def test_an_organization_beyond_the_limit_is_said_to_be(store: Store, clock: Clock) -> None:
    eks = Organized(complete=False)
    await inventory(store, eks).refresh()

    (said,) = await told(store, eks, clock)
    assert said.endswith("it has more than 2 accounts; the others are left out")


def test_the_role_is_the_one_of_the_fleet_file_or_the_one_that_it_names() -> None:
    mixed = replace(
        FLEET,
        accounts=(
            FLEET.accounts[0],
            replace(
                FLEET.accounts[1],
                read_role=f"arn:aws:iam::{OTHER}:role/ops/reader",
                external_id="y",
            ),
        ),
    )

    assert member_role(FLEET) == ("/read", "x-1")
    assert member_role(replace(mixed, member_role="audit/reader")) == ("/audit/reader", None)
    with pytest.raises(ReadError, match="not clear which one"):
        member_role(mixed)


def test_an_organization_ends_at_its_partition() -> None:
    china = FleetCluster(name="cn", account=OTHER, region="cn-north-1", eks_name="cn")
    fleet = replace(FLEET, clusters=(*FLEET.clusters, china))

    (new,) = with_members(fleet, [Member(id=HIDDEN, name="data")]).accounts[2:]

    assert new.regions == ("eu-west-1", "us-east-1")
    assert new.read_role == f"arn:aws:iam::{HIDDEN}:role/read"


def test_names_that_are_no_names_or_not_the_only_ones_give_way_to_the_id() -> None:
    members = [
        Member(id="900000000001", name="data"),
        Member(id="900000000002", name="data"),
        Member(id="900000000003", name="shared"),
        Member(id="900000000004", name="a/b <!here>"),
        Member(id="900000000005", name="mail-eu"),
    ]

    new = with_members(FLEET, members).accounts[2:]

    assert [a.name for a in new] == [m.id for m in members[:4]] + ["mail-eu"]


# -- real boto3 ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    with moto_running() as url:
        yield url


def as_account(url: str, account: str) -> dict[str, str]:
    """The environment of a process whose own credentials are of an account."""
    make: Any = boto3.client
    sts = make(
        "sts",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="secret",
    )
    given = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/bot", RoleSessionName="test")
    return aws_at(url, AWS_REGION="eu-west-1") | {
        "AWS_ACCESS_KEY_ID": given["Credentials"]["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["Credentials"]["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["Credentials"]["SessionToken"],
    }


async def test_every_page_is_read_and_closed_accounts_are_left_out(moto_url: str) -> None:
    keys = as_account(moto_url, "555566660001")
    make: Any = boto3.client
    api = make(
        "organizations",
        endpoint_url=moto_url,
        region_name="us-east-1",
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    )
    api.create_organization(FeatureSet="ALL")
    made = [
        api.create_account(AccountName=f"team-{n}", Email=f"team-{n}@example.com")
        for n in range(24)
    ]
    api.close_account(AccountId=made[0]["CreateAccountStatus"]["AccountId"])

    async with build_clients(FLEET, keys) as clients:
        members = await clients.members()

    listed = {m.name for m in members.items}
    assert {f"team-{n}" for n in range(1, 24)} <= listed
    assert "team-0" not in listed
    assert members.complete
