"""The fleet and the target that evidence alone speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.evidence.fault import EvidenceError
from diagnostics.arn import RoleArn, account_of, place_of
from diagnostics.fleet import Account, Fleet, FleetCluster, Hints

if TYPE_CHECKING:
    from bot.evidence.bundle import Bundle

UNNAMED: Final = "evidence"
"""What the cluster is called where no `describe-cluster` names it."""
UNKNOWN: Final = "unknown"
"""The account and region of such a cluster."""


def fleet_of(bundle: Bundle) -> Fleet:
    """Name the one cluster, and the accounts, that the evidence is of."""
    ids = {role.value.account for role in bundle.roles}
    ids |= {
        account
        for listed in bundle.provider_lists
        for arn in listed.value
        if (account := account_of(arn))
    }
    for piece in bundle.service_accounts:
        arn = RoleArn.parse(piece.value.role_arn or "")
        ids |= {arn.account} if arn else set()
    cluster = FleetCluster(name=UNNAMED, account=UNKNOWN, region=UNKNOWN, eks_name="CLUSTER")
    if bundle.clusters:
        found = bundle.clusters[-1].value
        region, account = place_of(found.arn) or (UNKNOWN, UNKNOWN)
        cluster = FleetCluster(name=found.name, account=account, region=region, eks_name=found.name)
    ids.add(cluster.account)
    accounts = tuple(Account(id=one, name=one, read_role=None) for one in sorted(ids))
    return Fleet(accounts=accounts, clusters=(cluster,))


def hints_of(bundle: Bundle, cluster: str) -> Hints:
    """Say what the diagnosis is about, where the evidence holds one service account or one workload."""
    accounts = {(p.value.namespace, p.value.name) for p in bundle.service_accounts}
    workloads = {
        (p.value.namespace, p.value.ref) for p in bundle.workloads if p.value.kind != "Pod"
    }
    workload = next(iter(workloads)) if len(workloads) == 1 else None
    account = next(iter(accounts)) if len(accounts) == 1 else None
    if account is not None:
        same = workload is not None and workload[0] == account[0]
        return Hints(
            cluster=cluster,
            namespace=account[0],
            service_account=account[1],
            workload=workload[1] if workload is not None and same else None,
        )
    if workload is not None:
        return Hints(cluster=cluster, namespace=workload[0], workload=workload[1])
    return Hints(cluster=cluster)


def cluster_of(bundle: Bundle, fleet: Fleet, asked: str | None) -> str:
    """Return the alias of the fleet's cluster that the evidence is of.

    Raises:
        EvidenceError: Neither the evidence nor `asked` names one of the fleet.
    """
    for piece in bundle.clusters:
        place = place_of(piece.value.arn)
        for entry in fleet.clusters:
            if ((entry.region, entry.account), entry.eks_name) == (place, piece.value.name):
                return entry.name
    if asked is not None:
        return fleet.cluster(asked).name
    if len(fleet.clusters) == 1:
        return fleet.clusters[0].name
    raise EvidenceError(
        "the evidence does not say which cluster of the fleet file it is of; add --cluster, or the output of "
        "`aws eks describe-cluster`"
    )
