"""What EKS keeps beside a cluster: Pod Identity associations and identity provider configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from bot.clients.aws.errors import Attempt
from diagnostics.arn import partition_of
from diagnostics.evidence import LoginIssuers, PodIdentityAssociation, PodIdentityAssociations

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_eks import EKSClient

    from bot.clients.aws.calls import AccountCalls
    from diagnostics.fleet import FleetCluster

T = TypeVar("T")
_MOST: Final = 5
"""Of what is listed, that is described; EKS takes one association for a service account, and one configuration."""


async def pod_identity_associations(
    calls: AccountCalls, entry: FleetCluster, namespace: str, service_account: str
) -> PodIdentityAssociations:
    """eks:ListPodIdentityAssociations, and eks:DescribePodIdentityAssociation of what there is."""

    def listed(eks: EKSClient) -> tuple[str, ...]:
        answer = eks.list_pod_identity_associations(
            clusterName=entry.eks_name, namespace=namespace, serviceAccount=service_account
        )
        return tuple(found["associationId"] for found in answer["associations"][:_MOST])

    found = []
    for identifier in await _call(calls, entry, "ListPodIdentityAssociations", listed) or ():

        def described(eks: EKSClient, identifier: str = identifier) -> PodIdentityAssociation:
            answer = eks.describe_pod_identity_association(
                clusterName=entry.eks_name, associationId=identifier
            )["association"]
            return PodIdentityAssociation(
                id=identifier,
                namespace=answer["namespace"],
                service_account=answer["serviceAccount"],
                role_arn=answer.get("roleArn"),
                created=answer.get("createdAt"),
            )

        arn = _arn(entry, f"podidentityassociation/{entry.eks_name}/{identifier}")
        found.append(
            await _call(calls, entry, "DescribePodIdentityAssociation", described, resource=arn)
        )
    return PodIdentityAssociations(items=tuple(one for one in found if one is not None))


async def all_pod_identities(
    calls: AccountCalls, entry: FleetCluster
) -> frozenset[tuple[str, str]]:
    """eks:ListPodIdentityAssociations, all pages: namespace and service account of each."""

    def listed(eks: EKSClient) -> frozenset[tuple[str, str]]:
        pages = eks.get_paginator("list_pod_identity_associations").paginate(
            clusterName=entry.eks_name
        )
        return frozenset(
            (found["namespace"], found["serviceAccount"])
            for page in pages
            for found in page["associations"]
        )

    return await _call(calls, entry, "ListPodIdentityAssociations", listed) or frozenset()


async def login_issuers(calls: AccountCalls, entry: FleetCluster) -> LoginIssuers:
    """eks:ListIdentityProviderConfigs, and eks:DescribeIdentityProviderConfig of what there is."""

    def listed(eks: EKSClient) -> tuple[str, ...]:
        answer = eks.list_identity_provider_configs(clusterName=entry.eks_name)
        configs = answer["identityProviderConfigs"][:_MOST]
        return tuple(found["name"] for found in configs if found["type"] == "oidc")

    urls = []
    for name in await _call(calls, entry, "ListIdentityProviderConfigs", listed) or ():

        def described(eks: EKSClient, name: str = name) -> str | None:
            answer = eks.describe_identity_provider_config(
                clusterName=entry.eks_name,
                identityProviderConfig={"type": "oidc", "name": name},
            )
            return answer["identityProviderConfig"].get("oidc", {}).get("issuerUrl")

        arn = _arn(entry, f"identityproviderconfig/{entry.eks_name}/oidc/{name}/*")
        urls.append(
            await _call(calls, entry, "DescribeIdentityProviderConfig", described, resource=arn)
        )
    return LoginIssuers(urls=tuple(url for url in urls if url))


async def _call(
    calls: AccountCalls,
    entry: FleetCluster,
    operation: str,
    function: Callable[[EKSClient], T],
    *,
    resource: str | None = None,
) -> T | None:
    attempt = Attempt(
        service="eks",
        operation=operation,
        resource=resource or _arn(entry, f"cluster/{entry.eks_name}"),
        account=entry.account,
        region=entry.region,
        principal="",
    )
    return await calls.read(attempt, lambda: function(calls.sessions.client("eks", entry.region)))


def _arn(entry: FleetCluster, resource: str) -> str:
    return f"arn:{partition_of(entry.region)}:eks:{entry.region}:{entry.account}:{resource}"
