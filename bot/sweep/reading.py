"""The fleet's lists through the bot's clients: read roles only, page by page, each list once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

from bot.clients.limits import Limits
from diagnostics.eks_issuer import issuer_of
from diagnostics.errors import ReadError
from diagnostics.sweep import AccountFacts, ClusterObjects, Unread

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.clients.fleet_clients import FleetClients
    from diagnostics.evidence import Cluster
    from diagnostics.fleet import Account, Fleet, FleetCluster

T = TypeVar("T")
SWEEP_LIMITS: Final = Limits(
    aws_deadline=120.0,
    aws_attempts=8,
    aws_at_once=4,
    kube_deadline=120.0,
    kube_request=30.0,
    kube_attempts=6,
    kube_at_once=4,
    most_objects=200_000,
    most_roles=50_000,
)
"""Patient, because nobody waits as in an incident, and gentle: few calls at once in one account or cluster."""


class FleetSweepReader:
    """Fulfils `diagnostics.sweep.SweepReader`."""

    def __init__(self, clients: FleetClients) -> None:
        self._clients = clients

    @property
    def fleet(self) -> Fleet:
        """What may be read."""
        return self._clients.fleet

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        """eks:DescribeCluster."""
        return await self._clients.aws(entry.account).cluster(entry)

    async def account(self, account: Account, issuers: frozenset[str]) -> AccountFacts:
        """Read an account's roles and providers; of roles without OIDC providers only the ARN is kept."""
        reader = self._clients.aws(account.id)
        roles = await reader.roles()
        arns = (await reader.oidc_provider_arns()).items
        wanted = [arn for arn in arns if issuer_of(arn) in issuers]
        details = await asyncio.gather(*(reader.oidc_provider(arn) for arn in wanted))
        providers = dict.fromkeys(arns)
        return AccountFacts(
            account=account.id,
            roles={role.name: role.arn for role in roles},
            federated=tuple(role for role in roles if "oidc-provider/" in role.trust_text),
            providers={**providers, **dict(zip(wanted, details, strict=True))},
        )

    async def objects(self, entry: FleetCluster) -> ClusterObjects:
        """List what a cluster holds; what can't be read is told, and the rest stands."""
        reader = self._clients.kubernetes(entry.name)
        unread: list[Unread] = []
        accounts = await self._or_none(entry, reader.service_accounts(None), unread)
        if accounts is None:
            return ClusterObjects(service_accounts=None, unread=tuple(unread))
        pods, workloads, webhooks, identities = await asyncio.gather(
            self._or_none(entry, reader.pods(None), unread),
            self._or_none(entry, reader.workloads(None), unread),
            self._or_none(entry, reader.webhooks(), unread),
            self._or_none(
                entry, self._clients.aws(entry.account).all_pod_identities(entry), unread
            ),
        )
        return ClusterObjects(
            service_accounts=accounts,
            pods=None if pods is None else pods.items,
            workloads=workloads,
            webhooks=webhooks,
            pod_identities=identities,
            unread=tuple(dict.fromkeys(unread)),
        )

    async def _or_none(
        self, entry: FleetCluster, reading: Awaitable[T], unread: list[Unread]
    ) -> T | None:
        try:
            return await reading
        except ReadError as error:
            unread.append(Unread(where=f"cluster {entry.name}", why=error.why, enable=error.enable))
            return None
