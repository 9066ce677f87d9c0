"""Clients that make each read once per diagnosis, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from diagnostics.errors import ReadError
from diagnostics.gather.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Hashable
    from datetime import datetime

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
    from diagnostics.evidence import (
        Cluster,
        ControlPolicies,
        IamRole,
        LoginIssuers,
        OidcProvider,
        PodIdentityAssociations,
        Pods,
        ProviderArns,
        PublishedKeys,
        RoleSightings,
        ServiceAccount,
        SigningKeys,
        TrustChanges,
        Webhooks,
        Workload,
    )
    from diagnostics.fleet import Fleet, FleetCluster, WorkloadRef
    from diagnostics.web_identity_call import WebIdentityCalls

T = TypeVar("T")


class OnceClients:
    """The clients of one diagnosis."""

    def __init__(self, inner: Clients) -> None:
        self._inner = inner
        self.memory = Memory()

    @property
    def fleet(self) -> Fleet:
        """What may be read."""
        return self._inner.fleet

    def sightings(self, role_arn: str) -> RoleSightings:
        """Where earlier searches saw service accounts with a role."""
        return self._inner.sightings(role_arn)

    def aws(self, account_id: str) -> AwsReader:
        """The reader of an account."""
        return OnceAws(self._inner.aws(account_id), self.memory, account_id)

    def organization(self) -> OrganizationReader:
        """The reader of the organization."""
        return OnceOrganization(self._inner.organization(), self.memory)

    def issuers(self) -> IssuerReader:
        """The reader of what issuers publish."""
        return OnceIssuers(self._inner.issuers(), self.memory)

    def kubernetes(self, cluster: str) -> KubernetesReader:
        """The reader of a cluster."""
        return OnceKubernetes(self._inner.kubernetes(cluster), self.memory, cluster)

    def kubernetes_writer(self, cluster: str) -> KubernetesWriter:
        """The writer of a cluster; writes are never remembered."""
        return self._inner.kubernetes_writer(cluster)

    def prover(self, cluster: str) -> Prover:
        """Who proves at STS; every proof is made anew."""
        return self._inner.prover(cluster)

    def trust_writer(self, account_id: str) -> TrustWriter:
        """The writer of an account's trust policies; writes are never remembered."""
        return self._inner.trust_writer(account_id)

    def provider_writer(self, account_id: str) -> ProviderWriter:
        """The writer of an account's OIDC providers; writes are never remembered."""
        return self._inner.provider_writer(account_id)


class OnceAws:
    """An account, each question asked once."""

    def __init__(self, inner: AwsReader, memory: Memory, account: str) -> None:
        self._inner = inner
        self._memory = memory
        self._account = account

    def _once(
        self, read: Callable[..., Coroutine[object, object, T]], *args: Hashable
    ) -> Awaitable[T]:
        key = ("aws", self._account, read.__name__, args)
        return self._memory.once(key, lambda: read(*args))

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        """eks:DescribeCluster."""
        return await self._once(self._inner.cluster, entry)

    async def role(self, name: str) -> IamRole | None:
        """iam:GetRole."""
        return await self._once(self._inner.role, name)

    async def roles_trusting(self, provider_arn: str, subject: str) -> tuple[IamRole, ...]:
        """iam:ListRoles."""
        return await self._once(self._inner.roles_trusting, provider_arn, subject)

    async def oidc_provider(self, arn: str) -> OidcProvider | None:
        """iam:GetOpenIDConnectProvider."""
        return await self._once(self._inner.oidc_provider, arn)

    async def oidc_provider_arns(self) -> ProviderArns:
        """iam:ListOpenIDConnectProviders."""
        return await self._once(self._inner.oidc_provider_arns)

    async def web_identity_calls(
        self, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        """cloudtrail:LookupEvents."""
        return await self._once(self._inner.web_identity_calls, region, since, until)

    async def trust_changes(self, role_name: str, since: datetime, until: datetime) -> TrustChanges:
        """cloudtrail:LookupEvents."""
        return await self._once(self._inner.trust_changes, role_name, since, until)

    async def pod_identity_associations(
        self, entry: FleetCluster, namespace: str, service_account: str
    ) -> PodIdentityAssociations:
        """eks:ListPodIdentityAssociations."""
        return await self._once(
            self._inner.pod_identity_associations, entry, namespace, service_account
        )

    async def login_issuers(self, entry: FleetCluster) -> LoginIssuers:
        """eks:ListIdentityProviderConfigs."""
        return await self._once(self._inner.login_issuers, entry)


class OnceOrganization:
    """The organization, each question asked once."""

    def __init__(self, inner: OrganizationReader, memory: Memory) -> None:
        self._inner = inner
        self._memory = memory

    async def control_policies(self, account_id: str) -> ControlPolicies:
        """organizations:ListPoliciesForTarget."""
        key = ("organization", account_id)
        return await self._memory.once(key, lambda: self._inner.control_policies(account_id))


class OnceIssuers:
    """Issuers, each fetched once."""

    def __init__(self, inner: IssuerReader, memory: Memory) -> None:
        self._inner = inner
        self._memory = memory

    async def published_keys(self, issuer: str) -> PublishedKeys:
        """Fetch the discovery document and the keys."""
        key = ("issuer", issuer)
        return await self._memory.once(key, lambda: self._inner.published_keys(issuer))


class OnceKubernetes:
    """A cluster, each question asked once."""

    def __init__(self, inner: KubernetesReader, memory: Memory, cluster: str) -> None:
        self._inner = inner
        self._memory = memory
        self._cluster = cluster

    def _once(
        self, read: Callable[..., Coroutine[object, object, T]], *args: Hashable
    ) -> Awaitable[T]:
        return self._memory.once(self._key(read, *args), lambda: read(*args))

    def _key(self, read: Callable[..., object], *args: Hashable) -> Hashable:
        return ("kubernetes", self._cluster, read.__name__, args)

    async def _listed(
        self, read: Callable[..., Coroutine[object, object, tuple[T, ...]]], namespace: str | None
    ) -> tuple[T, ...] | None:
        """The answer to a list that the search for the target asked for; None where there is none to use."""
        for known in dict.fromkeys((namespace, None)):
            if self._memory.asked(self._key(read, known)):
                try:
                    return await self._once(read, known)
                except ReadError:
                    continue  # what can't be listed may be had by its name
        return None

    async def issuer(self) -> str | None:
        """Get /.well-known/openid-configuration."""
        return await self._once(self._inner.issuer)

    async def service_account(self, namespace: str, name: str) -> ServiceAccount | None:
        """Get serviceaccounts, unless a list that was asked for has it."""
        for known in reversed(await self._listed(self._inner.service_accounts, namespace) or ()):
            if (known.namespace, known.name) == (namespace, name):
                return known
        return await self._once(self._inner.service_account, namespace, name)

    async def service_accounts(self, namespace: str | None) -> tuple[ServiceAccount, ...]:
        """List serviceaccounts, unless those of all namespaces were listed already."""
        listed = await self._listed(self._inner.service_accounts, namespace)
        if listed is None:
            return await self._once(self._inner.service_accounts, namespace)
        return tuple(a for a in listed if namespace in (None, a.namespace))

    async def workload(self, namespace: str, ref: WorkloadRef) -> Workload | None:
        """Get one workload, unless a list that was asked for has it."""
        for known in reversed(await self._listed(self._inner.workloads, namespace) or ()):
            if (known.namespace, known.ref) == (namespace, ref):
                return known
        return await self._once(self._inner.workload, namespace, ref)

    async def workloads(self, namespace: str | None) -> tuple[Workload, ...]:
        """List workloads, unless those of all namespaces were listed already."""
        listed = await self._listed(self._inner.workloads, namespace)
        if listed is None:
            return await self._once(self._inner.workloads, namespace)
        return tuple(w for w in listed if namespace in (None, w.namespace))

    async def pods(self, namespace: str) -> Pods:
        """List pods."""
        return await self._once(self._inner.pods, namespace)

    async def webhooks(self) -> Webhooks:
        """List mutatingwebhookconfigurations."""
        return await self._once(self._inner.webhooks)

    async def signing_keys(self) -> SigningKeys | None:
        """Get /openid/v1/jwks."""
        return await self._once(self._inner.signing_keys)
