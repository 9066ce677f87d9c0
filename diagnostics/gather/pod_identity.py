"""What EKS keeps beside the cluster itself: Pod Identity associations, and issuers for people's logins."""

from __future__ import annotations

from diagnostics.clients import Clients
from diagnostics.evidence import (
    Cluster,
    LoginIssuers,
    PodIdentityAssociations,
    Target,
    Unreadable,
)
from diagnostics.evidence.derived import Subject
from diagnostics.wiring import probe


@probe()
async def pod_identity_associations(
    io: Clients, target: Target, subject: Subject, cluster: Cluster | Unreadable | None
) -> PodIdentityAssociations | None:
    """The Pod Identity associations of the service account; None where the cluster is not one of EKS."""
    entry = io.fleet.cluster(target.cluster)
    if entry.issuer is not None or (isinstance(cluster, Cluster) and cluster.arn is None):
        return None
    reader = io.aws(entry.account)
    return await reader.pod_identity_associations(entry, subject.namespace, subject.name)


@probe()
async def login_issuers(io: Clients, target: Target, cluster: Cluster) -> LoginIssuers | None:
    """The issuers of people's logins, asked for only where EKS reports trouble with the cluster."""
    if cluster.arn is None or cluster.status in (None, "ACTIVE"):
        return None
    entry = io.fleet.cluster(target.cluster)
    return await io.aws(entry.account).login_issuers(entry)
