"""The clients of a fleet as one reader sees it: what is hidden is not there, for searches and names too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.errors import NotInFleet
from diagnostics.evidence import RoleSightings

if TYPE_CHECKING:
    from diagnostics.clients import (
        AwsReader,
        Clients,
        IssuerReader,
        KubernetesReader,
        OrganizationReader,
        Prover,
    )
    from diagnostics.evidence import ControlPolicies
    from diagnostics.fleet import Fleet
    from handlers.reach import Reach

_ENABLE = "ask where it may be read, or change `readers` in the fleet file"


class NarrowedClients:
    """Fulfils the reading part of `diagnostics.clients.Clients`; what writes is passed on as it is.

    Args:
        inner: The clients of the whole fleet.
        reach: What may be read.
    """

    def __init__(self, inner: Clients, reach: Reach) -> None:
        self._inner = inner
        self._reach = reach
        self.kubernetes_writer = inner.kubernetes_writer
        self.trust_writer = inner.trust_writer
        self.provider_writer = inner.provider_writer

    @property
    def fleet(self) -> Fleet:
        """What may be read."""
        return self._reach.of(self._inner.fleet)

    def sightings(self, role_arn: str) -> RoleSightings:
        """Where earlier searches saw a role, in the clusters that may be read."""
        names = {c.name for c in self.fleet.clusters}
        seen = self._inner.sightings(role_arn)
        return RoleSightings(
            carried=tuple((name, at) for name, at in seen.carried if name in names),
            absent=frozenset(name for name in seen.absent if name in names),
        )

    def aws(self, account_id: str) -> AwsReader:
        """The reader of an account.

        Raises:
            NotInFleet: It is none of the fleet, or hidden.
        """
        self._account(account_id)
        return self._inner.aws(account_id)

    def organization(self) -> OrganizationReader:
        """The reader of the organization, for accounts that may be read."""
        return _Organization(self._inner.organization(), self)

    def issuers(self) -> IssuerReader:
        """The reader of what issuers publish to everybody."""
        return self._inner.issuers()

    def kubernetes(self, cluster: str) -> KubernetesReader:
        """The reader of a cluster, by its alias.

        Raises:
            NotInFleet: It is none of the fleet, or hidden.
        """
        self.fleet.cluster(cluster)
        return self._inner.kubernetes(cluster)

    def prover(self, cluster: str) -> Prover:
        """The prover of a cluster.

        Raises:
            NotInFleet: It is none of the fleet, or hidden.
        """
        self.fleet.cluster(cluster)
        return self._inner.prover(cluster)

    def _account(self, account_id: str) -> None:
        if any(a.id == account_id for a in self._inner.fleet.accounts):
            if not self._reach.reads_account(account_id, self._inner.fleet):
                raise NotInFleet(f"account {account_id} is not read here", enable=_ENABLE)
            return
        self._inner.fleet.account(account_id)


class _Organization:
    """Policies of accounts that may be read."""

    def __init__(self, inner: OrganizationReader, clients: NarrowedClients) -> None:
        self._inner = inner
        self._clients = clients

    async def control_policies(self, account_id: str) -> ControlPolicies:
        """organizations:ListPoliciesForTarget, for an account that is not hidden."""
        self._clients._account(account_id)  # noqa: SLF001  two halves of one file
        return await self._inner.control_policies(account_id)
