"""Which EKS clusters an account has in a region, with their issuers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.clients.aws.errors import Attempt
from diagnostics.arn import partition_of
from diagnostics.errors import ReadError
from diagnostics.languages import say

if TYPE_CHECKING:
    from types_boto3_eks.type_defs import ClusterTypeDef

    from bot.clients.aws.calls import AccountCalls

MOST: Final = 1_000
"""Clusters of one account in one region; EKS allows 100 unless asked for more."""
_AT_ONCE: Final = 2
"""Of the account's calls at a time, so that diagnoses find room beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCluster:
    """A cluster as EKS lists it."""

    account: str
    region: str
    eks_name: str
    issuer: str | None
    """OIDC issuer URL; None while the cluster is made, and where it could not be read."""
    status: str | None
    trouble: str | None = None
    """Why the cluster could not be described."""


async def list_clusters(calls: AccountCalls, region: str) -> tuple[FoundCluster, ...]:
    """eks:ListClusters, then eks:DescribeCluster for each; one that can't be described is there all the same.

    Raises:
        ReadError: The clusters can't be listed, or are more than the limit.
    """
    names = await cluster_names(calls, region)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> FoundCluster | None:
        async with slots:
            try:
                found = await _describe(calls, region, name)
            except ReadError as error:
                return FoundCluster(
                    account=calls.account.id,
                    region=region,
                    eks_name=name,
                    issuer=None,
                    status=None,
                    trouble=error.why,
                )
        if found is None:
            return None  # deleted since it was listed
        return FoundCluster(
            account=calls.account.id,
            region=region,
            eks_name=name,
            issuer=found.get("identity", {}).get("oidc", {}).get("issuer") or None,
            status=found.get("status"),
        )

    described = await asyncio.gather(*(one(name) for name in names))
    return tuple(found for found in described if found is not None)


async def cluster_names(calls: AccountCalls, region: str) -> tuple[str, ...]:
    """eks:ListClusters alone.

    Raises:
        ReadError: The clusters can't be listed, or are more than the limit.
    """
    attempt = _attempt(calls, region, "ListClusters", "*")

    def listed() -> tuple[str, ...]:
        names: list[str] = []
        pages = calls.sessions.client("eks", region).get_paginator("list_clusters")
        for page in pages.paginate(PaginationConfig={"PageSize": 100}):
            names += page["clusters"]
            if len(names) > MOST:
                raise ReadError(
                    say(
                        "account {account} has more than {most} clusters in {region}",
                        account=calls.account.id,
                        most=f"{MOST:,}",
                        region=region,
                    ),
                    enable=say("name the clusters in the fleet file"),
                )
        return tuple(names)

    return await calls.read(attempt, listed) or ()


async def _describe(calls: AccountCalls, region: str, name: str) -> ClusterTypeDef | None:
    account = calls.account.id
    arn = f"arn:{partition_of(region)}:eks:{region}:{account}:cluster/{name}"

    def described() -> ClusterTypeDef:
        return calls.sessions.client("eks", region).describe_cluster(name=name)["cluster"]

    return await calls.read(_attempt(calls, region, "DescribeCluster", arn), described)


def _attempt(calls: AccountCalls, region: str, operation: str, resource: str) -> Attempt:
    return Attempt(
        service="eks",
        operation=operation,
        resource=resource,
        account=calls.account.id,
        region=region,
        principal="",
    )
