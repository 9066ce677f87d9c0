"""What EKS says about a cluster: read once for the diagnosis and for the way to its API server."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.clients.aws.errors import Attempt
from bot.clients.single_flight import Kept, SingleFlight
from diagnostics.arn import partition_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clients.aws.calls import AccountCalls
    from diagnostics.fleet import FleetCluster

KEPT_SECONDS: Final = 600
_JUST_NOW: Final = 5.0
"""Seconds for which a description counts as new: the search for the target has read it for its way to the cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EksDescription:
    """An EKS cluster, as far as it is used."""

    arn: str
    issuer: str | None
    endpoint: str | None
    ca_data: str | None
    """Base64 of PEM text."""
    version: str | None
    status: str | None
    created: datetime | None


class EksDescriptions:
    """eks:DescribeCluster, one call at a time per cluster."""

    def __init__(self) -> None:
        self._flights = SingleFlight[EksDescription | None](time.time)

    async def now(self, entry: FleetCluster, calls: AccountCalls) -> EksDescription | None:
        """Ask EKS, join who is asking, or take what it said just now."""
        return await self._flights.lately(entry.name, _maker(entry, calls), seconds=_JUST_NOW)

    async def lately(self, entry: FleetCluster, calls: AccountCalls) -> EksDescription | None:
        """Return what EKS said in the last minutes, or ask it."""
        return await self._flights.get(entry.name, _maker(entry, calls))

    def forget(self, entry: FleetCluster) -> None:
        """Drop what is known: the API server did not answer there."""
        self._flights.forget(entry.name)

    async def close(self) -> None:
        """Stop the calls under way."""
        await self._flights.close()


def _maker(
    entry: FleetCluster, calls: AccountCalls
) -> Callable[[], Awaitable[Kept[EksDescription | None]]]:
    arn = f"arn:{partition_of(entry.region)}:eks:{entry.region}:{entry.account}:cluster/{entry.eks_name}"
    attempt = Attempt(
        service="eks",
        operation="DescribeCluster",
        resource=arn,
        account=entry.account,
        region=entry.region,
        principal="",
    )

    def describe() -> EksDescription:
        answer = calls.sessions.client("eks", entry.region).describe_cluster(name=entry.eks_name)
        found = answer["cluster"]
        return EksDescription(
            arn=found.get("arn", arn),
            issuer=found.get("identity", {}).get("oidc", {}).get("issuer") or None,
            endpoint=found.get("endpoint") or None,
            ca_data=found.get("certificateAuthority", {}).get("data") or None,
            version=found.get("version"),
            status=found.get("status"),
            created=found.get("createdAt"),
        )

    async def make() -> Kept[EksDescription | None]:
        description = await calls.read(attempt, describe)
        return Kept(value=description, until=time.time() + KEPT_SECONDS)

    return make
