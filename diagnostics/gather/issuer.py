"""What the issuer publishes, fetched where AWS could not, or where the issuer is not one of EKS."""

from __future__ import annotations

from diagnostics.clients import Clients
from diagnostics.eks_issuer import eks_issuer
from diagnostics.evidence import Cluster, PublishedKeys, SigningKeys, Target
from diagnostics.recognize.symptom import KEYS_NOT_FETCHED, Symptom
from diagnostics.wiring import probe


@probe()
async def published_keys(
    io: Clients, cluster: Cluster, symptom: Symptom | None
) -> PublishedKeys | None:
    """The issuer's documents, as everybody sees them; only of the issuer that EKS or the fleet file names."""
    if not _wanted(cluster, symptom):
        return None
    return await io.issuers().published_keys(cluster.issuer)


@probe()
async def signing_keys(
    io: Clients, target: Target, cluster: Cluster, symptom: Symptom | None
) -> SigningKeys | None:
    """The keys with which the cluster signs, from its API server."""
    if not _wanted(cluster, symptom):
        return None
    return await io.kubernetes(target.cluster).signing_keys()


def _wanted(cluster: Cluster, symptom: Symptom | None) -> bool:
    asked = symptom is not None and symptom.cause in KEYS_NOT_FETCHED
    return asked or eks_issuer(cluster.issuer_path) is None
