"""Which clusters are searched first, by what the inventory and earlier searches know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clients.role_index import RoleIndex
from diagnostics.case import Case, Question
from diagnostics.evidence import RoleSightings, Target
from diagnostics.fleet import FleetCluster, Hints
from diagnostics.journal import recording
from diagnostics.locate.clues import clues_of
from diagnostics.locate.cluster import clusters_of
from diagnostics.locate.target import locate
from diagnostics.recognize.symptom import Cause
from tests.engine import healthy as h
from tests.engine.fleet_double import NOON, DoubleClients, DoubleKubernetes, World

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

FOUND = FleetCluster(
    name="team/sa-east-1/batch",
    account=h.TEAM,
    region="sa-east-1",
    eks_name="batch",
    seen_issuer="https://oidc.eks.sa-east-1.amazonaws.com/id/BATCH",
    seen_at=NOON,
    discovered=True,
)


def world_with(*more: FleetCluster) -> World:
    world = h.healthy()
    world.fleet = replace(world.fleet, clusters=(*world.fleet.clusters, *more))
    return world


async def ranked(world: World, case: Case | None = None) -> list[tuple[str, str]]:
    guesses = await clusters_of(clues_of(case or Case(symptom=h.symptom())), DoubleClients(world))
    return [(guess.entry.name, guess.how) for guess in guesses]


async def test_an_issuer_finds_a_cluster_that_the_fleet_file_does_not_spell_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DoubleKubernetes, "HERE", FOUND.name)
    symptom = h.symptom(Cause.NO_PROVIDER, issuer=FOUND.seen_issuer)

    with recording() as calls:
        found = await locate(
            Case(symptom=symptom), DoubleClients(world_with(FOUND)), patience=5.0, now=NOON
        )

    assert isinstance(found, Target)
    assert found.cluster == FOUND.name
    assert found.how[0] == (
        "cluster team/sa-east-1/batch has the issuer from the error (not in the fleet file; EKS listed it on "
        "2026-11-24 at 12:00 UTC)"
    )
    assert "DescribeCluster" not in {call.operation for call in calls}


async def test_an_issuer_that_the_inventory_holds_saves_the_questions_to_eks() -> None:
    world = h.healthy()
    entry = replace(world.fleet.clusters[1], seen_issuer=h.OTHER_ISSUER, seen_at=NOON)
    world.fleet = replace(world.fleet, clusters=(world.fleet.clusters[0], entry))
    world.refuse("DescribeCluster")

    names = await ranked(world, Case(symptom=h.symptom(issuer=h.OTHER_ISSUER)))

    assert names == [("prod-us", "cluster prod-us has the issuer from the error")]


async def test_a_cluster_that_was_made_anew_since_is_found_all_the_same() -> None:
    world = h.healthy()
    stale = [replace(c, seen_issuer="https://old.example.com") for c in world.fleet.clusters]
    world.fleet = replace(world.fleet, clusters=tuple(stale))

    names = await ranked(world, Case(symptom=h.symptom(issuer=h.ISSUER)))

    assert names == [("prod-eu", "cluster prod-eu has the issuer from the error")]


async def test_found_clusters_come_after_those_that_the_fleet_file_names() -> None:
    own = replace(FOUND, name="shared/eu-west-1/batch", account=h.SHARED)

    names = [name for name, _ in await ranked(world_with(own))]

    assert names == ["prod-eu", "prod-us", "shared/eu-west-1/batch"]


async def test_a_name_from_the_text_means_the_fleet_files_cluster_first() -> None:
    namesake = replace(FOUND, eks_name="prod")
    case = Case(symptom=h.symptom(cluster="arn:aws:eks:eu-west-1:111122223333:cluster/prod"))

    assert (await ranked(world_with(namesake), case))[0][0] == "prod-eu"


async def test_a_cluster_where_the_role_was_seen_is_searched_first() -> None:
    world = h.healthy()
    world.sightings[h.ROLE] = RoleSightings(carried=(("prod-us", NOON),))

    assert (await ranked(world))[0] == (
        "prod-us",
        "cluster where the role from the error was seen at 12:00 UTC",
    )


async def test_clusters_that_were_searched_in_vain_make_room_for_the_others() -> None:
    more = tuple(
        FleetCluster(name=f"c{n:02}", account=h.SHARED, region="eu-west-1", eks_name=f"c{n:02}")
        for n in range(20)
    )
    world = h.healthy()
    world.fleet = replace(world.fleet, clusters=(*more, *world.fleet.clusters))
    world.roles.clear()
    case = Case(symptom=h.symptom())
    absent: set[str] = set()
    answer: Target | Question | None = None
    for _ in range(4):
        world.sightings[h.ROLE] = RoleSightings(absent=frozenset(absent))
        answer = await locate(case, DoubleClients(world), patience=5.0)
        if isinstance(answer, Target):
            break
        assert isinstance(answer, Question)
        absent |= {name for name, _ in (await ranked(world))[:8]}

    assert isinstance(answer, Target)
    assert answer.cluster == "prod-eu"


async def test_a_remembered_answer_settles_a_case_that_names_nothing() -> None:
    defaults = Hints(cluster="prod-eu", namespace="payments", service_account="api")
    case = Case(symptom=h.symptom(role_arn=None), defaults=defaults)

    found = await locate(case, DoubleClients(h.healthy()), patience=5.0, now=NOON)

    assert isinstance(found, Target)
    assert (found.cluster, found.namespace, found.service_account) == ("prod-eu", "payments", "api")


# -- the index ------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


def test_the_index_tells_where_a_role_was_and_where_it_was_not_until_it_is_old() -> None:
    clock = Clock()
    index = RoleIndex(clock, keep=timedelta(minutes=10))
    index.listed("a", [h.service_account(), h.service_account("other", role_arn=None)])
    clock.at += timedelta(minutes=6)
    index.listed("b", [h.service_account("x", role_arn="arn:aws:iam::111122223333:role/else")])

    assert index.sightings(h.ROLE) == RoleSightings(
        carried=(("a", NOON),), users=("a: payments/api",), absent=frozenset({"b"})
    )
    clock.at += timedelta(minutes=6)
    assert index.sightings(h.ROLE) == RoleSightings(absent=frozenset({"b"}))


def test_a_new_listing_replaces_the_old_one() -> None:
    index = RoleIndex(Clock())
    index.listed("a", [h.service_account()])
    index.listed("a", [h.service_account(role_arn=None)])

    assert index.sightings(h.ROLE) == RoleSightings(absent=frozenset({"a"}))


@settings(max_examples=100, deadline=None)
@given(sizes=st.lists(st.integers(0, 60), max_size=30))
def test_the_index_never_holds_more_than_its_bound(sizes: list[int]) -> None:
    index = RoleIndex(Clock(), most=100)
    for n, size in enumerate(sizes):
        roles = [f"arn:aws:iam::111122223333:role/{n}-{i}" for i in range(size)]
        index.listed(str(n), [h.service_account(role_arn=role) for role in roles])

        assert index._size == sum(len(x.roles) for x in index._listings.values())
        assert index._size <= 100


def test_what_is_no_role_is_not_kept() -> None:
    index = RoleIndex(Clock())
    index.listed("a", [h.service_account(role_arn="x" * 100_000)])

    assert index._size == 0
