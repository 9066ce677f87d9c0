"""What a sweep asks of the outside: lists, each once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.evidence import (
        Cluster,
        IamRole,
        OidcProvider,
        Pod,
        ServiceAccount,
        Webhooks,
        Workload,
    )
    from diagnostics.fleet import Account, Fleet, FleetCluster
    from diagnostics.sweep.finding import Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """What an account holds that bindings need."""

    account: str
    roles: Mapping[str, str] = field(default_factory=dict)
    """ARN by name, of every role."""
    federated: tuple[IamRole, ...] = ()
    """The roles whose trust policy speaks of OIDC providers."""
    providers: Mapping[str, OidcProvider | None] = field(default_factory=dict)
    """Every OIDC provider by ARN; its details where it is a fleet issuer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterObjects:
    """What a cluster holds that bindings need; a part that could not be read is None and told."""

    service_accounts: tuple[ServiceAccount, ...] | None = ()
    pods: tuple[Pod, ...] | None = None
    workloads: tuple[Workload, ...] | None = None
    """Deployments, stateful sets, daemon sets and cron jobs."""
    webhooks: Webhooks | None = None
    pod_identities: frozenset[tuple[str, str]] | None = None
    """Namespace and name of the service accounts with an EKS Pod Identity association."""
    unread: tuple[Unread, ...] = ()


class SweepReader(Protocol):
    """Reads the fleet list by list."""

    @property
    def fleet(self) -> Fleet:
        """What may be read."""

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        """eks:DescribeCluster.

        Raises:
            ReadError: It can't be read.
        """

    async def account(self, account: Account, issuers: frozenset[str]) -> AccountFacts:
        """iam:ListRoles, iam:ListOpenIDConnectProviders, and iam:GetOpenIDConnectProvider for the fleet's issuers.

        Args:
            account: Which.
            issuers: Those of the fleet, without scheme.

        Raises:
            ReadError: They can't be read.
        """

    async def objects(self, entry: FleetCluster) -> ClusterObjects:
        """List service accounts, pods, workloads, mutating webhooks and Pod Identity associations; never raises."""
