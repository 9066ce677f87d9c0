"""Whose another issuer is: in a fleet of hundreds only those are asked who can tell, and nobody guesses."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.errors import ReadDenied
from diagnostics.evidence import Cluster
from diagnostics.fleet import FleetCluster
from tests.engine import edits as e
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed
from tests.engine.fleet_double import NOON, World

FOREIGN = "https://oidc.eks.eu-west-1.amazonaws.com/id/FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"


def with_clusters(world: World, count: int, region: str, *, seen: bool = False) -> list[str]:
    """Add clusters that nobody has asked yet; return their names."""
    more = [
        FleetCluster(
            name=f"more-{region}-{number}",
            account=h.SHARED,
            region=region,
            eks_name=f"more-{number}",
            seen_issuer=issuer(region, number) if seen else None,
        )
        for number in range(count)
    ]
    world.fleet = replace(world.fleet, clusters=(*world.fleet.clusters, *more))
    for number, entry in enumerate(more):
        world.clusters[entry.name] = Cluster(
            name=entry.name,
            account=entry.account,
            region=region,
            partition="aws",
            issuer=issuer(region, number),
            created=NOON,
        )
    return [entry.name for entry in more]


def issuer(region: str, number: int) -> str:
    return f"https://oidc.eks.{region}.amazonaws.com/id/{number:032X}"


def only_provider_of(world: World, url: str) -> None:
    world.providers.clear()
    other = h.provider(issuer=url)
    world.providers[other.arn] = other


async def described(world: World) -> tuple[str, set[str]]:
    diagnosis = await diagnosed(world)
    assert diagnosis.root is not None
    asked = {call.resource for call in diagnosis.calls if call.operation == "DescribeCluster"}
    return diagnosis.root.code, asked - {"prod-eu"}


async def test_only_the_clusters_of_the_issuers_region_are_asked_whose_it_is() -> None:
    world = h.healthy()
    here = with_clusters(world, 3, "eu-west-1")
    with_clusters(world, 30, "us-west-2")
    only_provider_of(world, FOREIGN)

    code, asked = await described(world)

    assert code == "IRSA302", "no cluster of the fleet has it: it is of one that is gone"
    assert asked == set(here)


async def test_a_provider_of_a_cluster_that_the_inventory_knows_costs_no_call_and_is_no_stale_one() -> (
    None
):
    world = h.healthy()
    with_clusters(world, 400, "eu-west-1", seen=True)
    only_provider_of(world, issuer("eu-west-1", 399))

    assert await described(world) == ("IRSA301", set())


async def test_a_provider_is_not_called_stale_while_more_clusters_could_have_it_than_are_asked() -> (
    None
):
    world = h.healthy()
    with_clusters(world, 60, "eu-west-1")
    only_provider_of(world, issuer("eu-west-1", 59))

    code, asked = await described(world)

    assert code == "IRSA301"
    assert len(asked) == 40


async def test_a_cluster_is_not_called_created_anew_while_one_that_cannot_be_read_may_have_the_issuer() -> (
    None
):
    world = h.healthy()
    (other,) = with_clusters(world, 1, "eu-west-1")
    world.clusters["prod-eu"] = replace(world.clusters["prod-eu"], created=NOON)
    e.trust_issuer(world, FOREIGN)
    anew = await diagnosed(world)

    world.clusters.pop(other)
    world.refused["get issuer"] = ReadDenied("no", enable="allow it")
    open_ = await diagnosed(world)

    assert [d.root.code for d in (anew, open_) if d.root] == ["IRSA308", "IRSA404"]


async def test_nobody_is_asked_where_no_other_issuer_is_in_play() -> None:
    world = h.healthy()
    with_clusters(world, 30, "eu-west-1")

    diagnosis = await diagnosed(world)

    assert {c.resource for c in diagnosis.calls if c.operation == "DescribeCluster"} == {"prod-eu"}
