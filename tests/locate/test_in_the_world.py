"""What people paste in the world's scenarios, located through the bot's own clients without any channel's defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.clients import build_clients
from bot.inventory import Inventory, InventoryRecords
from bot.store import open_store
from diagnostics.arn import partition_of
from diagnostics.case import Case, Question
from diagnostics.fleet import Hints
from diagnostics.journal import recording
from diagnostics.locate.target import locate
from diagnostics.recognize import Kind, recognize
from sandbox.world import World
from sandbox.world.blueprint import paste_of
from tests.support.of_a_world import clients_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.clients import FleetClients
    from diagnostics.evidence import Target
    from diagnostics.recognize import Symptom
    from sandbox.scenarios.model import Scenario

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with World() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clients(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FleetClients]:
    async with clients_of(world, tmp_path_factory.mktemp("fleet")) as opened:
        yield opened


def symptom_of(scenario: Scenario) -> Symptom | None:
    found = [s for s in recognize(paste_of(scenario)) if s.kind is Kind.WEB_IDENTITY]
    return found[0] if found else None


async def located(symptom: Symptom, clients: FleetClients) -> Target | Question:
    return await locate(Case(symptom=symptom), clients, patience=12.5, now=datetime.now(UTC))


async def test_pastes_lead_to_their_service_account_and_never_to_another(
    world: World, clients: FleetClients
) -> None:
    right, asked, wrong = [], [], []
    for scenario in world.scenarios:
        symptom = symptom_of(scenario)
        if symptom is None:
            continue
        where = scenario.where
        answer = await located(symptom, clients)
        if isinstance(answer, Question):
            asked.append(scenario.id)
        elif (answer.cluster, answer.namespace) == (where.cluster, where.namespace):
            right.append(scenario.id)
        else:
            wrong.append((scenario.id, answer.how))

    assert wrong == []
    assert len(right) >= 0.9 * (len(right) + len(asked))


async def test_a_bare_error_with_its_request_id_is_enough_where_cloudtrail_can_be_read(
    world: World, clients: FleetClients
) -> None:
    recorded = {
        (str(call["requestID"])): call
        for place in list(world.cloudtrail._records)
        for call in world.cloudtrail._records[place]
    }
    counted = {"located": 0, "by CloudTrail": 0, "asked": 0}
    for scenario in world.scenarios:
        symptom = symptom_of(scenario)
        if symptom is None or symptom.request_id not in recorded:
            continue
        bare = replace(
            symptom,
            cluster=None,
            namespace=None,
            service_account=None,
            pod=None,
            workload=None,
            issuer=None,
            region=None,
            role_arn=None,
            role_as_written=None,
        )
        answer = await located(bare, clients)
        if isinstance(answer, Question):
            counted["asked"] += 1
            continue
        where = scenario.where
        assert (answer.cluster, answer.namespace) == (where.cluster, where.namespace), answer.how
        counted["located"] += 1
        counted["by CloudTrail"] += "CloudTrail record" in answer.how[-1]

    # The lookup is bounded to six regions of two accounts; the fleet has more.
    assert counted["asked"] <= 2
    assert counted["by CloudTrail"] >= 20


async def test_a_denied_cloudtrail_leaves_a_question_that_says_so(
    world: World, clients: FleetClients
) -> None:
    accounts = {account for account, _ in world.cloudtrail._records}
    world.cloudtrail.denied |= accounts
    try:
        symptom = next(s for one in world.scenarios if (s := symptom_of(one)) is not None)
        bare = replace(
            symptom,
            cluster=None,
            namespace=None,
            service_account=None,
            pod=None,
            workload=None,
            role_arn="arn:aws:iam::222233334444:role/nobody",
            at=datetime.now(UTC) - timedelta(days=3),
        )
        answer = await located(bare, clients)
    finally:
        world.cloudtrail.denied.clear()

    assert isinstance(answer, Question)
    assert "CloudTrail of account 222233334444 (eu-west-1, " in answer.text
    assert "not authorized to perform: cloudtrail:LookupEvents" in answer.text


async def test_a_cluster_of_an_account_that_only_the_organization_lists_is_found_and_searched(
    world: World, clients: FleetClients, tmp_path: Path
) -> None:
    whole = clients.fleet
    aws = [c for c in whole.clusters if partition_of(c.region) == "aws"]
    ours = tuple(
        replace(account, regions=tuple({c.region for c in aws}))
        for account in whole.accounts
        if account.name == "payments"
    )
    fleet = replace(
        whole, accounts=ours, clusters=tuple(c for c in whole.clusters if c.account == ours[0].id)
    )
    async with (
        open_store(
            f"sqlite+aiosqlite:///{tmp_path}/irsa.db", now=lambda: datetime.now(UTC)
        ) as store,
        build_clients(fleet, world.environ()) as alone,
    ):
        records = InventoryRecords(engine=store.engine, now=store.now)
        await Inventory(fleet=fleet, clients=alone, records=records).refresh()
        known = {(c.account, c.region, c.eks_name): c for c in alone.fleet.clusters}
        hidden = [c for c in aws if c.account != ours[0].id]
        assert all(known[c.account, c.region, c.eks_name].discovered for c in hidden)
        asked = Hints(cluster="staging", namespace="kube-system")
        names = [c.name for c in alone.fleet.clusters]
        accounts = await alone.kubernetes("platform/us-east-1/prod").service_accounts(None)
        found = await locate(
            Case(hints=replace(asked, cluster="platform/us-east-1/prod", service_account="api")),
            alone,
            patience=12.5,
        )

    assert "platform/eu-west-1/staging" in names
    assert accounts
    assert not isinstance(found, Question)
    assert (found.cluster, found.service_account) == ("platform/us-east-1/prod", "api")


async def test_where_the_role_was_seen_is_remembered_from_the_search(
    clients: FleetClients,
) -> None:
    role = "arn:aws:iam::222233334444:role/mail-mailer"
    await clients.kubernetes("prod-eu").service_accounts(None)

    with recording() as calls:
        sightings = clients.sightings(role)

    assert [name for name, _ in sightings.carried] == ["prod-eu"]
    assert calls == []
