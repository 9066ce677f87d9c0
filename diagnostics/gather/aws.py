"""What AWS says: the cluster's issuer, the role, its trust policy's answer, and the OIDC provider."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from diagnostics.arn import partition_of
from diagnostics.clients import Clients
from diagnostics.errors import ReadError
from diagnostics.evidence import (
    Cluster,
    IamRole,
    OidcProvider,
    ProviderArns,
    ServiceAccount,
    Target,
    Unreadable,
)
from diagnostics.evidence.derived import (
    HomeProvider,
    RoleAccount,
    RoleInQuestion,
    Subject,
    TrustAnswer,
    TrustingRoles,
)
from diagnostics.iam import decide, repair
from diagnostics.iam.decision import Outcome
from diagnostics.iam.request import WebIdentityRequest
from diagnostics.languages import say
from diagnostics.wiring import probe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.fleet import FleetCluster

LONGEST_ISSUER = 255
"""Characters of a provider's URL that IAM takes."""


async def read_cluster(io: Clients, entry: FleetCluster) -> Cluster | None:
    """Read a cluster of the fleet: from EKS, or else the issuer that its API server publishes.

    Raises:
        ReadError: Neither could be read.
    """
    if entry.issuer is not None:
        return _self_hosted(entry, entry.issuer)
    denied: ReadError | None = None
    try:
        cluster = await io.aws(entry.account).cluster(entry)
    except ReadError as error:
        cluster, denied = None, error
    if cluster is not None:
        return cluster
    try:
        issuer = await io.kubernetes(entry.name).issuer()
    except ReadError:
        issuer = None
    if issuer is not None and issuer.startswith("https://") and len(issuer) <= LONGEST_ISSUER:
        return _self_hosted(entry, issuer)
    if denied is not None:
        raise denied
    return None


async def read_clusters(io: Clients, entries: Iterable[FleetCluster]) -> list[Cluster | None]:
    """Read clusters side by side; None where one can't be read or is not there: whose issuer it has stays open."""

    async def one(entry: FleetCluster) -> Cluster | None:
        try:
            return await read_cluster(io, entry)
        except ReadError:
            return None

    return await asyncio.gather(*(one(entry) for entry in entries))


def _self_hosted(entry: FleetCluster, issuer: str) -> Cluster:
    return Cluster(
        name=entry.name,
        account=entry.account,
        region=entry.region,
        partition=partition_of(entry.region),
        issuer=issuer,
    )


@probe(deadline=10.0)
async def cluster(io: Clients, target: Target) -> Cluster:
    """The cluster with its issuer.

    Raises:
        ReadError: It can't be read, or EKS has no such cluster.
    """
    entry = io.fleet.cluster(target.cluster)
    found = await read_cluster(io, entry)
    if found is None:
        raise ReadError(
            say(
                "EKS has no cluster {name} in {region} of account {account}",
                name=entry.eks_name,
                region=entry.region,
                account=entry.account,
            ),
            enable=say("correct eks_name, region or account in the fleet file, or give its issuer"),
        )
    return found


@probe(deadline=10.0)
async def role(io: Clients, role: RoleInQuestion) -> IamRole | None:
    """The role, looked up by name in the account that its ARN states."""
    return await io.aws(role.arn.account).role(role.arn.name)


@probe()
async def oidc_provider(io: Clients, cluster: Cluster, account: RoleAccount) -> OidcProvider | None:
    """The provider of the cluster's issuer in the role's account: IAM never looks elsewhere."""
    return await io.aws(account.id).oidc_provider(cluster.provider_arn_in(account.id))


@probe()
async def provider_arns(
    io: Clients, account: RoleAccount, provider: OidcProvider | None
) -> ProviderArns:
    """All providers of the role's account, listed only where the right one is missing."""
    if provider is not None:
        return ProviderArns(account=account.id, items=(provider.arn,))
    return await io.aws(account.id).oidc_provider_arns()


@probe()
async def home_provider(
    io: Clients, cluster: Cluster, account: RoleAccount, provider: OidcProvider | None
) -> HomeProvider | None:
    """The provider in the cluster's own account, where the role's account has none."""
    if provider is not None or account.id == cluster.account:
        return None
    found = await io.aws(cluster.account).oidc_provider(cluster.provider_arn_in(cluster.account))
    return HomeProvider(provider=found) if found else None


@probe(deadline=5.0)
async def trust_answer(cluster: Cluster, subject: Subject, role: IamRole) -> TrustAnswer | None:
    """What the trust policy says to this service account's token; None where it is no policy.

    What only STS sees (source address, VPC …) is left open, and may leave the answer undecided.
    """
    if role.trust is None:
        return None
    request = WebIdentityRequest(
        role_arn=role.arn,
        provider_arn=cluster.provider_arn_in(role.account),
        claims={
            "iss": cluster.issuer,
            "sub": subject.value,
            "aud": [subject.audience],
        },
        role_tags=role.tags,
        open_context=True,
    )
    decision = decide(role.trust, request)
    if decision.outcome is Outcome.ALLOWED:
        return TrustAnswer(request=request, decision=decision)
    return TrustAnswer(request=request, decision=decision, repair=repair(role.trust, request))


@probe(deadline=10.0)
async def trusting_roles(
    *,
    io: Clients,
    cluster: Cluster,
    subject: Subject,
    account: RoleAccount,
    annotated: ServiceAccount | Unreadable | None,
    role: IamRole | Unreadable | None,
    answer: TrustAnswer | Unreadable | None,
) -> TrustingRoles:
    """Roles that trust exactly this subject, looked for only where the role at hand does not do."""
    unannotated = not isinstance(annotated, Unreadable) and not (annotated and annotated.role_arn)
    refused = isinstance(answer, TrustAnswer) and answer.decision.outcome in (
        Outcome.IMPLICIT_DENY,
        Outcome.EXPLICIT_DENY,
    )
    if not (unannotated or role is None or refused):
        return TrustingRoles(searched=False)
    provider = cluster.provider_arn_in(account.id)
    found = await io.aws(account.id).roles_trusting(provider, subject.value)
    # A role that lets in a whole namespace is nobody's in particular.
    return TrustingRoles(items=tuple(r for r in found if f'"{subject.value}"' in r.trust_text))
