"""Which cluster of the fleet an issuer is of, asked only where another cluster's may be in play."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.clients import Clients
from diagnostics.eks_issuer import eks_issuer, issuer_of
from diagnostics.evidence import (
    Cluster,
    IamRole,
    OidcProvider,
    ProviderArns,
    Unreadable,
)
from diagnostics.evidence.derived import HomeProvider, KnownIssuers, TrustAnswer
from diagnostics.evidence.trust_names import conditions, statements, trusted_providers
from diagnostics.gather.aws import read_clusters
from diagnostics.iam.decision import Mismatch
from diagnostics.wiring import probe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.fleet import Fleet, FleetCluster

_OF_ISSUERS: Final = frozenset({Mismatch.PROVIDER, Mismatch.KEY_ISSUER})
MANY_CLUSTERS: Final = 40
"""At most so many clusters are asked for their issuer."""


@probe(deadline=10.0)
async def known_issuers(
    *,
    io: Clients,
    cluster: Cluster,
    provider: OidcProvider | Unreadable | None,
    listed: ProviderArns | Unreadable | None,
    home: HomeProvider | Unreadable | None,
    role: IamRole | Unreadable | None,
    answer: TrustAnswer | Unreadable | None,
) -> KnownIssuers:
    """Which issuer is which cluster's, as far as one is in question.

    An issuer of EKS names its region, so only the clusters there are asked; those whose issuer the fleet file or the
    inventory has are not.
    """
    known = {cluster.issuer_path: cluster.name, **_stated(io.fleet)}
    asked: set[str] = set()
    if provider is None and home is None and isinstance(listed, ProviderArns):
        asked.update(issuer_of(arn) for arn in listed.items)
    if isinstance(role, IamRole) and isinstance(answer, TrustAnswer) and _of_another(answer):
        asked.update(_named(role))
    asked -= known.keys()
    if not asked:
        return KnownIssuers(by_issuer=known)

    others = [entry for entry in _candidates(asked, io.fleet) if entry.name != cluster.name]
    found = await read_clusters(io, others[:MANY_CLUSTERS])
    for other in found:
        if other is not None:
            known[other.issuer_path] = other.name
    complete = len(others) <= MANY_CLUSTERS and None not in found
    return KnownIssuers(by_issuer=known, complete=complete or asked <= known.keys())


def _stated(fleet: Fleet) -> dict[str, str]:
    """What needs no call."""
    return {
        issuer.removeprefix("https://"): entry.name
        for entry in fleet.clusters
        if (issuer := entry.known_issuer) is not None
    }


def _of_another(answer: TrustAnswer) -> bool:
    return any(reason.mismatch in _OF_ISSUERS for reason in answer.decision.reasons)


def _named(role: IamRole) -> set[str]:
    """The issuers that a trust policy names: as principals, and in the keys of its conditions."""
    keys = {
        key.rpartition(":")[0]
        for statement in statements(role)
        for _, key, _ in conditions(statement)
    }
    return {issuer_of(arn) for arn in trusted_providers(role)} | {k for k in keys if "/" in k}


def _candidates(issuers: Iterable[str], fleet: Fleet) -> list[FleetCluster]:
    """The clusters that one of the issuers may be of, and whose own nobody has stated."""
    parts = [eks_issuer(issuer) for issuer in issuers]
    regions = {part.region for part in parts if part is not None}
    anywhere = None in parts  # a self-hosted issuer tells no region; EKS is not asked for one

    def may_be(entry: FleetCluster) -> bool:
        hosted = bool(entry.kubeconfig or entry.context or entry.endpoint)
        return entry.region in regions or (anywhere and hosted)

    return [entry for entry in fleet.clusters if entry.known_issuer is None and may_be(entry)]
