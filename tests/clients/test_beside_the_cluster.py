"""Associations, login issuers, control policies and changed trust policies, read through real boto3."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.clients.aws.trust_change import trust_change
from diagnostics.errors import ReadError
from diagnostics.journal import recording
from sandbox.eks import Beside, Configuration
from sandbox.world import World
from sandbox.world.landscape import PAYMENTS, PLATFORM
from tests.support.of_a_world import clients_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clients import FleetClients

LOOP = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with World(clusters=("prod-eu", "prod-us")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clients(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FleetClients]:
    async with clients_of(world, tmp_path_factory.mktemp("fleet")) as opened:
        yield opened


@LOOP
async def test_an_association_is_read_in_full(clients: FleetClients) -> None:
    entry = clients.fleet.cluster("prod-eu")
    with recording() as calls:
        found = await clients.aws(entry.account).pod_identity_associations(entry, "vault", "sealer")

    (one,) = found.items
    assert (one.namespace, one.service_account) == ("vault", "sealer")
    assert one.role_arn == f"arn:aws:iam::{PAYMENTS.id}:role/vault-by-association"
    assert one.created is not None
    assert one.created < datetime.now(UTC)
    assert [c.operation for c in calls if c.service == "eks"] == [
        "ListPodIdentityAssociations",
        "DescribePodIdentityAssociation",
    ]


@LOOP
async def test_another_service_account_has_none(clients: FleetClients) -> None:
    entry = clients.fleet.cluster("prod-eu")

    found = await clients.aws(entry.account).pod_identity_associations(entry, "vault", "other")

    assert found.items == ()


@LOOP
async def test_login_issuers_are_read(clients: FleetClients) -> None:
    entry = clients.fleet.cluster("prod-us")
    made = Configuration(name="people", issuer_url="https://login.example.com")
    Beside.configure(entry.account, entry.region, entry.eks_name, made)

    assert (await clients.aws(entry.account).login_issuers(entry)).urls == (made.issuer_url,)


@LOOP
async def test_the_policies_of_everything_above_the_account_are_read(
    clients: FleetClients,
) -> None:
    with recording() as calls:
        found = await clients.organization().control_policies(PLATFORM.id)

    (policy,) = found.items
    assert policy.attached_to.startswith("r-")
    assert found.path is not None
    assert re.fullmatch(rf"o-[a-z0-9]+/{policy.attached_to}/(ou-[^/]+/)*", found.path)
    assert json.loads(policy.text)["Statement"][0]["Effect"] == "Deny"
    assert {c.service for c in calls} == {"organizations"}


@LOOP
async def test_an_account_of_another_organization_is_unknown(clients: FleetClients) -> None:
    with pytest.raises(ReadError) as raised:
        await clients.organization().control_policies("999988887777")

    assert raised.value.enable


@LOOP
async def test_a_changed_trust_policy_is_found_by_its_role(
    world: World, clients: FleetClients
) -> None:
    now = datetime.now(UTC)
    for name in ("web-status", "other"):
        world.cloudtrail.record(changed(name, now - timedelta(minutes=2)))

    reader = clients.aws(PAYMENTS.id)
    found = await reader.trust_changes("web-status", now - timedelta(minutes=10), now)

    (one,) = found.items
    assert one.by == "arn:aws:iam::123456789012:role/admin"


def changed(role: str, at: datetime) -> dict[str, object]:
    return {
        "eventName": "UpdateAssumeRolePolicy",
        "eventSource": "iam.amazonaws.com",
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventID": f"event-{role}",
        "awsRegion": "us-east-1",
        "recipientAccountId": PAYMENTS.id,
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:iam::123456789012:role/admin"},
        "requestParameters": {"roleName": role, "policyDocument": "{}"},
    }


@pytest.mark.parametrize(
    "record",
    [
        "",
        "{",
        "[]",
        "null",
        '{"eventTime": 7}',
        '{"eventTime": "2026-11-24T12:00:00"}',
        "[" * 9_999,
    ],
)
def test_a_record_that_is_none_is_passed_over(record: str) -> None:
    assert trust_change(record) is None
