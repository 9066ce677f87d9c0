"""All accounts and clusters of a fleet."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self

from bot.clients.aws.account import AwsAccountReader
from bot.clients.aws.calls import AccountCalls
from bot.clients.aws.clusters import EksDescriptions
from bot.clients.aws.identities import Identities, Purpose
from bot.clients.aws.listing import list_clusters
from bot.clients.aws.members import list_members
from bot.clients.aws.options import AwsOptions
from bot.clients.aws.organization import Organization
from bot.clients.aws.provider_writer import OidcProviderWriter
from bot.clients.aws.regions import main_region
from bot.clients.aws.sessions import AwsSessions
from bot.clients.aws.trail import Trails
from bot.clients.aws.trust_store import TrustStore
from bot.clients.aws.trust_writer import TrustPolicyWriter
from bot.clients.aws.wanted import wanted_by
from bot.clients.aws.web_identity import WebIdentitySts, proof_endpoint
from bot.clients.issuers import Issuers
from bot.clients.kube.access import ClusterAccess
from bot.clients.kube.prover import ClusterProver
from bot.clients.kube.reader import ClusterReader
from bot.clients.kube.writer import ClusterWriter
from bot.clients.limits import Limits
from bot.clients.role_index import RoleIndex
from bot.clients.slots import Slots
from diagnostics.errors import ReadError, WriteDenied
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from bot.clients.aws.listing import FoundCluster
    from bot.clients.aws.members import Members
    from diagnostics.clients import (
        IssuerReader,
        KubernetesWriter,
        OrganizationReader,
        Prover,
        ProviderWriter,
        TrustWriter,
    )
    from diagnostics.evidence import RoleSightings
    from diagnostics.fleet import Account, Fleet
    from diagnostics.languages import Words


class FleetClients:
    """Fulfils `diagnostics.clients.Clients`. Made and closed in one event loop; nothing is called before it is asked.

    Args:
        fleet: What may be read.
        options: Where AWS and the bot's own credentials are.
        limits: Timeouts and sizes.
        environ: For `KUBECONFIG`.
    """

    def __init__(
        self, fleet: Fleet, *, options: AwsOptions, limits: Limits, environ: Mapping[str, str]
    ) -> None:
        self._fleet = fleet
        self._roles = RoleIndex(lambda: datetime.now(UTC))
        self._limits = limits
        self._environ = environ
        self._region = options.region or main_region(fleet)
        self._sessions = AwsSessions(options, limits)
        self._trust = TrustStore(options.ca_bundle)
        self._identities = Identities(fleet, self._sessions, options.region)
        self._descriptions = EksDescriptions()
        self._trails = Trails(pause=limits.trail_pause, pages=limits.trail_pages)
        self._access: dict[tuple[str, Purpose], ClusterAccess] = {}
        self._slots: dict[str, Slots] = {}

    @property
    def fleet(self) -> Fleet:
        """What may be read: the fleet file's clusters, and those that the inventory found."""
        return self._fleet

    def know(self, fleet: Fleet) -> None:
        """Use this fleet from now on: the fleet file's accounts and clusters, with what the inventory found."""
        self._fleet = fleet

    def sightings(self, role_arn: str) -> RoleSightings:
        """Where earlier searches saw service accounts with a role; makes no call."""
        return self._roles.sightings(role_arn)

    async def clusters_in(self, account_id: str, region: str) -> tuple[FoundCluster, ...]:
        """The clusters of an account in a region, for the inventory.

        Raises:
            NotInFleet: The fleet does not name the account.
            ReadError: They can't be listed.
        """
        account = self._fleet.account(account_id)
        return await list_clusters(self._calls(account, Purpose.READ), region)

    async def members(self) -> Members:
        """The active accounts of the organization, for the inventory.

        Raises:
            ReadError: They can't be listed.
        """
        return await list_members(self._sessions, self._region, self._fleet.accounts[0].id)

    def aws(self, account_id: str) -> AwsAccountReader:
        """Return the reader of an account.

        Raises:
            NotInFleet: The fleet does not name the account.
        """
        return AwsAccountReader(
            self._calls(self._fleet.account(account_id), Purpose.READ),
            self._descriptions,
            self._trails,
            self._limits.most_roles,
        )

    def organization(self) -> OrganizationReader:
        """Return the reader of the organization, which works with the bot's own credentials."""
        return Organization(self._sessions, self._region)

    def issuers(self) -> IssuerReader:
        """Return the reader of what issuers publish."""
        return Issuers()

    def kubernetes(self, cluster: str) -> ClusterReader:
        """Return the reader of a cluster, by its alias.

        Raises:
            NotInFleet: The fleet does not name the cluster.
        """
        access = self._access_to(cluster, Purpose.READ)
        return ClusterReader(access, partial(self._roles.listed, cluster))

    def kubernetes_writer(self, cluster: str) -> KubernetesWriter:
        """Return the writer of a cluster: assumes the account's fix role.

        Raises:
            NotInFleet: The fleet does not name the cluster.
            WriteDenied: The account has no fix role.
        """
        account = self._fleet.account(self._fleet.cluster(cluster).account)
        if account.fix_role is None:
            raise WriteDenied(
                say(
                    "account {account} has no fix_role in the fleet file, so nothing is changed in cluster "
                    "{cluster}",
                    account=account.id,
                    cluster=cluster,
                )
            )
        return ClusterWriter(self._access_to(cluster, Purpose.FIX))

    def prover(self, cluster: str) -> Prover:
        """Return who proves at STS for a cluster: assumes the account's proof role.

        Raises:
            NotInFleet: The fleet does not name the cluster.
            ReadError: The account has no proof role, or the cluster has the proof turned off.
        """
        entry = self._fleet.cluster(cluster)
        if not entry.proof or self._fleet.account(entry.account).proof_role is None:
            raise ReadError(
                say("the proof is off for cluster {cluster}", cluster=cluster),
                enable=say(
                    "set `proof: true` for it, and proof_role of account {account}, in the fleet file",
                    account=entry.account,
                ),
            )
        sts = WebIdentitySts(
            self._sessions,
            entry,
            self._limits,
            trust=self._trust,
            override=proof_endpoint(self._environ),
        )
        return ClusterProver(self._access_to(cluster, Purpose.PROVE), sts)

    def trust_writer(self, account_id: str) -> TrustWriter:
        """Return the writer of an account's trust policies: assumes the account's fix role.

        Raises:
            NotInFleet: The fleet does not name the account.
            WriteDenied: The account has no fix role, or does not allow it.
        """
        account = self._fleet.account(account_id)
        allowed = account.allow_trust_policy_fix
        return TrustPolicyWriter(
            self._fix_calls(
                account, say("a trust policy"), "allow_trust_policy_fix", allowed=allowed
            )
        )

    def provider_writer(self, account_id: str) -> ProviderWriter:
        """Return the writer of an account's OIDC providers: assumes the account's fix role.

        Raises:
            NotInFleet: The fleet does not name the account.
            WriteDenied: The account has no fix role, or does not allow it.
        """
        account = self._fleet.account(account_id)
        allowed = account.allow_provider_fix
        return OidcProviderWriter(
            self._fix_calls(account, say("an OIDC provider"), "allow_provider_fix", allowed=allowed)
        )

    async def close(self) -> None:
        """Close connections and threads; calls under way end with their own timeouts."""
        for access in self._access.values():
            await access.close()
        await self._descriptions.close()
        await self._trails.close()
        await self._identities.close()
        self._sessions.close()

    async def __aenter__(self) -> Self:
        proving = any(cluster.proof for cluster in self._fleet.clusters)
        self._sessions.warm(
            wanted_by(self._fleet, self._region), also=(self._trust.context,) if proving else ()
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _calls(self, account: Account, purpose: Purpose) -> AccountCalls:
        return AccountCalls(account, self._sessions, self._identities, purpose)

    def _fix_calls(
        self, account: Account, what: Words, setting: str, *, allowed: bool
    ) -> AccountCalls:
        """The calls that write something in IAM, where the fleet file opts in for the account.

        Raises:
            WriteDenied: It names no fix role, or does not opt in.
        """
        if account.fix_role is None or not allowed:
            raise WriteDenied(
                say(
                    "account {account} needs fix_role and {setting} in the fleet file before {what} is "
                    "written there",
                    account=account.id,
                    setting=setting,
                    what=what,
                )
            )
        return self._calls(account, Purpose.FIX)

    def _access_to(self, cluster: str, purpose: Purpose) -> ClusterAccess:
        access = self._access.get((cluster, purpose))
        if access is None:
            entry = self._fleet.cluster(cluster)
            access = ClusterAccess(
                entry,
                self._calls(self._fleet.account(entry.account), purpose),
                self._descriptions,
                slots=self._slots.setdefault(cluster, Slots(self._limits.kube_at_once)),
                limits=self._limits,
                environ=self._environ,
            )
            self._access[cluster, purpose] = access
        return access


def build_clients(
    fleet: Fleet, environ: Mapping[str, str] | None = None, *, limits: Limits | None = None
) -> FleetClients:
    """Make the clients of a fleet; use them as an async context manager.

    Args:
        fleet: What may be read.
        environ: The environment: AWS_* as the SDKs read them, and KUBECONFIG; default: the process's own.
            What it does not say, botocore takes from its own chain.
        limits: Timeouts and sizes; default: those of `Limits`.
    """
    environ = os.environ if environ is None else environ
    return FleetClients(
        fleet,
        options=AwsOptions.from_environ(environ),
        limits=limits or Limits(),
        environ=environ,
    )
