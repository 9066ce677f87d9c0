"""Clients that answer from evidence first, and ask other clients for the rest where there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.evidence.aws import EvidenceAws
from bot.evidence.kubernetes import EvidenceKubernetes
from bot.evidence.mark import Mark, beyond
from bot.evidence.read_first import ReadFirst
from diagnostics.errors import NotInFleet, WriteDenied
from diagnostics.evidence import RoleSightings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.evidence.bundle import Bundle
    from diagnostics.clients import (
        AwsReader,
        Clients,
        IssuerReader,
        KubernetesReader,
        KubernetesWriter,
        OrganizationReader,
        Prover,
        ProviderWriter,
        TrustWriter,
    )
    from diagnostics.evidence import ControlPolicies, PublishedKeys
    from diagnostics.fleet import Fleet


class EvidenceClients:
    """Fulfils `diagnostics.clients.Clients`; without `inner` nothing is called at all.

    Args:
        bundle: The evidence.
        fleet: What it is of, or the fleet file's.
        cluster: The alias of the cluster that the Kubernetes objects are of.
        now: For the journal.
        inner: Asked for what the evidence lacks.
        reads_first: Ask `inner` first, and take from the evidence only what it can't read.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        fleet: Fleet,
        cluster: str,
        now: Callable[[], datetime],
        inner: Clients | None = None,
        reads_first: bool = False,
    ) -> None:
        self._bundle = bundle
        self._fleet = fleet
        self._cluster = cluster
        self._now = now
        self._inner = inner
        self._reads_first = reads_first
        self._readers: dict[str, KubernetesReader | AwsReader] = {}

    @property
    def fleet(self) -> Fleet:
        """What may be read."""
        return self._fleet

    def sightings(self, role_arn: str) -> RoleSightings:
        """Where earlier searches saw service accounts with a role."""
        return self._inner.sightings(role_arn) if self._inner else RoleSightings()

    def aws(self, account_id: str) -> AwsReader:
        """The reader of an account; evidence may be of one that the fleet does not name."""
        inner = None
        if self._inner is not None:
            try:
                inner = self._inner.aws(account_id)
            except NotInFleet:
                inner = None
        mark = Mark(self._now, account=account_id)
        if inner is not None and self._reads_first:
            held = EvidenceAws(self._bundle, mark, account_id, None)
            both = self._readers.setdefault(account_id, cast("AwsReader", ReadFirst(inner, held)))
            return cast("AwsReader", both)
        return EvidenceAws(self._bundle, mark, account_id, inner)

    def organization(self) -> OrganizationReader:
        """The reader of the organization."""
        return self._inner.organization() if self._inner else _Nobody()

    def issuers(self) -> IssuerReader:
        """The reader of what issuers publish."""
        return self._inner.issuers() if self._inner else _Nobody()

    def kubernetes(self, cluster: str) -> KubernetesReader:
        """The reader of a cluster.

        Raises:
            NotInFleet: The fleet does not name the cluster.
        """
        self._fleet.cluster(cluster)
        inner = self._inner.kubernetes(cluster) if self._inner else None
        if inner is not None and cluster != self._cluster:
            return inner
        mark = Mark(self._now, cluster=cluster)
        if inner is not None and self._reads_first:
            held = EvidenceKubernetes(self._bundle, mark, None)
            both = cast("KubernetesReader", ReadFirst(inner, held))
            return cast("KubernetesReader", self._readers.setdefault(cluster, both))
        return EvidenceKubernetes(self._bundle, mark, inner)

    def kubernetes_writer(self, cluster: str) -> KubernetesWriter:
        """Refuse: nothing is changed on the word of a file.

        Raises:
            WriteDenied: Always.
        """
        raise WriteDenied(f"cluster {cluster} is not changed on evidence from files")

    def prover(self, cluster: str) -> Prover:
        """Refuse: no token is made on the word of a file.

        Raises:
            ReadError: Always.
        """
        raise beyond(f"what STS says to cluster {cluster}", "sts:AssumeRoleWithWebIdentity")

    def trust_writer(self, account_id: str) -> TrustWriter:
        """Refuse: nothing is changed on the word of a file.

        Raises:
            WriteDenied: Always.
        """
        raise WriteDenied(f"account {account_id} is not changed on evidence from files")

    def provider_writer(self, account_id: str) -> ProviderWriter:
        """Refuse: nothing is changed on the word of a file.

        Raises:
            WriteDenied: Always.
        """
        raise WriteDenied(f"account {account_id} is not changed on evidence from files")


class _Nobody:
    """Reads nothing of the organization and of issuers."""

    async def control_policies(self, account_id: str) -> ControlPolicies:
        """Refuse."""
        raise beyond(
            f"the resource control policies of account {account_id}",
            "organizations:ListPoliciesForTarget",
        )

    async def published_keys(self, issuer: str) -> PublishedKeys:
        """Refuse."""
        raise beyond(f"what {issuer} publishes", "https to the issuer")
