"""The sweep against a fleet whose faults are known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diagnostics.evidence import ROLE_ARN
from diagnostics.sweep import Progress, SweepResult, sweep
from tests.sweep.seeded import NOON, SeededFleet

if TYPE_CHECKING:
    from diagnostics.evidence import Cluster
    from diagnostics.fleet import Account, Fleet, FleetCluster
    from diagnostics.sweep import AccountFacts, ClusterObjects


async def swept(fleet: SeededFleet) -> SweepResult:
    return await sweep(fleet, now=lambda: NOON)


def found(result: SweepResult) -> set[tuple[str, str | None, str | None, str | None]]:
    return {
        (f.code, f.cluster, f.namespace, f.service_account)
        for one in (*(c.findings for c in result.clusters), result.findings)
        for f in one
    }


async def test_every_seeded_fault_is_found_and_nothing_else() -> None:
    fleet = SeededFleet(12)

    result = await swept(fleet)

    assert found(result) == set(fleet.truth())
    assert result.unread == []
    assert sum(c.bindings for c in result.clusters) == 12 * 50
    assert sum(c.healthy for c in result.clusters) == 12 * (50 - 10)


async def test_calls_grow_with_clusters_accounts_and_pages_only() -> None:
    sparse, dense = SeededFleet(10, bindings=50), SeededFleet(10, bindings=400)
    for fleet in (sparse, dense):
        await swept(fleet)

    assert sparse.calls == Counter(
        {
            "DescribeCluster": 10,
            "ListRoles": 2,
            "ListOpenIDConnectProviders": 2,
            "GetOpenIDConnectProvider": 10,
            "list serviceaccounts": 10,
            "list pods": 10,
            "list workloads": 40,
            "list mutatingwebhookconfigurations": 10,
            "ListPodIdentityAssociations": 10,
        }
    )
    assert dense.calls == sparse.calls | Counter({"ListRoles": 4})


async def test_calls_are_counted_for_each_cluster() -> None:
    result = await swept(SeededFleet(7))

    assert {c.calls for c in result.clusters} == {8}
    assert result.calls == 7 + 2 * 2 + 7 + 7 * 8


async def test_a_denied_cluster_and_account_are_told_and_cost_no_other() -> None:
    class Denied(SeededFleet):
        async def cluster(self, entry: FleetCluster) -> Cluster | None:
            self.refused = frozenset() if entry.name != "c3" else frozenset({"c3"})
            return await super().cluster(entry)

        async def account(self, account: Account, issuers: frozenset[str]) -> AccountFacts:
            self.refused = frozenset({"100000000001"})
            return await super().account(account, issuers)

    result = await swept(Denied(12))

    assert {u.where for u in result.unread} == {"cluster c3", "account 100000000001"}
    assert all("AccessDenied" in u.why and u.enable for u in result.unread)
    by_cluster = {c.cluster: c for c in result.clusters}
    assert "c3" not in by_cluster
    # Its own roles' account is dark: nothing is said about those roles, healthy or not.
    dark = by_cluster["c7"]
    assert dark.healthy == 0
    # The pods still tell: one without a role, three with another than the annotation says.
    assert dark.undecided == dark.bindings - 4
    assert by_cluster["c0"].healthy == 40


async def test_a_cluster_whose_lists_are_denied_is_no_healthy_cluster() -> None:
    class Denied(SeededFleet):
        async def objects(self, entry: FleetCluster) -> ClusterObjects:
            self.refused = frozenset({"c1"})
            return await super().objects(entry)

    result = await swept(Denied(3))

    one = next(c for c in result.clusters if c.cluster == "c1")
    assert (one.bindings, one.healthy) == (0, 0)
    assert [u.where for u in one.unread] == ["cluster c1"]


async def test_roles_of_an_account_outside_the_fleet_are_not_judged() -> None:
    class Elsewhere(SeededFleet):
        async def objects(self, entry: FleetCluster) -> ClusterObjects:
            objects = await super().objects(entry)
            first = (objects.service_accounts or ())[0]
            arn = "arn:aws:iam::999988887777:role/theirs"
            moved = replace(first, annotations={ROLE_ARN: arn})
            rest = (objects.service_accounts or ())[1:]
            return replace(objects, service_accounts=(moved, *rest), pods=None)

    result = await swept(Elsewhere(1))

    (cluster,) = result.clusters
    assert cluster.undecided == 1
    assert [u.where for u in cluster.unread] == ["account 999988887777"]
    assert "fleet file" in cluster.unread[0].enable


async def test_an_issuer_that_no_cluster_has_is_reported_once_with_its_roles() -> None:
    class Recreated(SeededFleet):
        @property
        def fleet(self) -> Fleet:
            whole = super().fleet
            return replace(whole, clusters=whole.clusters[:-1])

    result = await swept(Recreated(5))

    (stale,) = result.findings
    assert stale.code == "IRSA702"
    assert "49 roles trust it" in stale.headline


async def test_an_issuer_is_no_stranger_where_a_cluster_of_its_region_is_dark() -> None:
    class Dark(SeededFleet):
        async def cluster(self, entry: FleetCluster) -> Cluster | None:
            self.refused = frozenset({"c4"})
            try:
                return await super().cluster(entry)
            finally:
                self.refused = frozenset()

    result = await swept(Dark(5))

    assert [u.where for u in result.unread] == ["cluster c4"]
    assert result.findings == []


async def test_what_was_done_before_is_not_read_again() -> None:
    first = await swept(SeededFleet(6))
    kept = {c.cluster: c for c in first.clusters[:4]}
    fleet = SeededFleet(6)

    result = await sweep(fleet, now=lambda: NOON, done=kept)

    assert fleet.calls["list serviceaccounts"] == 2
    assert found(result) == set(fleet.truth())


async def test_only_the_named_clusters_are_listed_but_no_issuer_becomes_a_stranger() -> None:
    fleet = SeededFleet(5)

    result = await sweep(fleet, now=lambda: NOON, only={"c2"})

    assert fleet.calls["list serviceaccounts"] == 1
    assert [c.cluster for c in result.clusters] == ["c2"]
    assert result.findings == []


async def test_no_more_parts_are_read_at_once_than_allowed() -> None:
    import asyncio  # noqa: PLC0415

    class Busy(SeededFleet):
        now = 0
        most = 0

        async def objects(self, entry: FleetCluster) -> ClusterObjects:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return await super().objects(entry)

    fleet = Busy(20)
    await sweep(fleet, now=lambda: NOON, at_once=3)

    assert fleet.most == 3


async def test_progress_counts_every_part_to_its_end() -> None:
    told: list[Progress] = []

    await sweep(SeededFleet(6), now=lambda: NOON, progress=told.append)

    ends = {p.step: (p.done, p.total) for p in told}
    assert ends == {"issuers": (6, 6), "accounts": (2, 2), "clusters": (6, 6)}


@pytest.mark.parametrize("size", [1, 2])
async def test_keys_are_unique_and_stay_the_same(size: int) -> None:
    one, other = await swept(SeededFleet(size)), await swept(SeededFleet(size))

    keys = [[f.key for c in r.clusters for f in c.findings] for r in (one, other)]
    assert sorted(keys[0]) == sorted(keys[1])
    assert len(set(keys[0])) == len(keys[0])
