"""What the engine asks of the outside: the Protocols that `bot/clients` fulfils.

Every method makes real calls, records each in `diagnostics.journal`, returns None for "there is no such
thing", and raises
a `ReadError` (see `diagnostics.errors`) where it can't tell. Nothing else escapes from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

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
    from diagnostics.proof.answer import Rehearsal, StsAnswer
    from diagnostics.web_identity_call import WebIdentityCalls


class AwsReader(Protocol):
    """Reads one AWS account through its read role."""

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        """eks:DescribeCluster."""

    async def role(self, name: str) -> IamRole | None:
        """iam:GetRole by name; the ARN that comes back holds the true path."""

    async def roles_trusting(self, provider_arn: str, subject: str) -> tuple[IamRole, ...]:
        """iam:ListRoles, bounded; the roles whose trust policy lets this subject of this provider in."""

    async def oidc_provider(self, arn: str) -> OidcProvider | None:
        """iam:GetOpenIDConnectProvider."""

    async def oidc_provider_arns(self) -> ProviderArns:
        """iam:ListOpenIDConnectProviders."""

    async def web_identity_calls(
        self, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        """cloudtrail:LookupEvents of AssumeRoleWithWebIdentity; records arrive minutes after the call."""

    async def trust_changes(self, role_name: str, since: datetime, until: datetime) -> TrustChanges:
        """cloudtrail:LookupEvents of UpdateAssumeRolePolicy for one role, where IAM's events are kept."""

    async def pod_identity_associations(
        self, entry: FleetCluster, namespace: str, service_account: str
    ) -> PodIdentityAssociations:
        """eks:ListPodIdentityAssociations, and eks:DescribePodIdentityAssociation of what there is."""

    async def login_issuers(self, entry: FleetCluster) -> LoginIssuers:
        """eks:ListIdentityProviderConfigs, and eks:DescribeIdentityProviderConfig of what there is."""


class KubernetesReader(Protocol):
    """Reads one cluster through an EKS token made from the read role, or through a kubeconfig."""

    async def issuer(self) -> str | None:
        """The issuer that the API server publishes at /.well-known/openid-configuration."""

    async def service_account(self, namespace: str, name: str) -> ServiceAccount | None:
        """Get serviceaccounts."""

    async def service_accounts(self, namespace: str | None) -> tuple[ServiceAccount, ...]:
        """List serviceaccounts of a namespace, or of all; paginated, bounded to 10,000."""

    async def workload(self, namespace: str, ref: WorkloadRef) -> Workload | None:
        """Get a deployment, statefulset, daemonset, job, cronjob, replicaset or pod."""

    async def workloads(self, namespace: str | None) -> tuple[Workload, ...]:
        """List deployments, statefulsets, daemonsets and cronjobs of a namespace, or of all; bounded."""

    async def pods(self, namespace: str) -> Pods:
        """List pods of a namespace."""

    async def webhooks(self) -> Webhooks:
        """List mutatingwebhookconfigurations."""

    async def signing_keys(self) -> SigningKeys | None:
        """The keys that the API server publishes at /openid/v1/jwks."""


class KubernetesWriter(Protocol):
    """Writes to one cluster as the fix role.

    Each method dry-runs on the server first and sets the field manager `irsa-doctor`.
    """

    async def annotate_service_account(
        self,
        *,
        namespace: str,
        name: str,
        uid: str,
        key: str,
        before: str | None,
        after: str | None,
    ) -> ServiceAccount:
        """Set (or with `after=None` remove) one annotation, provided that it still has the value `before`.

        Raises:
            Stale: The object is another one (uid), or the annotation has another value by now.
            WriteDenied: RBAC refuses.
            OutcomeUnknown: The connection broke after the request left.
            WriteError: Anything else.
        """

    async def restart_workload(
        self, *, namespace: str, ref: WorkloadRef, uid: str, at: datetime
    ) -> Workload:
        """Do what `kubectl rollout restart` does: stamp the pod template with the time.

        Raises:
            Stale: The workload is gone or another one.
            WriteDenied: RBAC refuses.
            OutcomeUnknown: The connection broke after the request left.
            WriteError: Anything else, a kind that can't be restarted among it.
        """

    async def leave_event(
        self, *, namespace: str, kind: str, name: str, uid: str, message: str, at: datetime
    ) -> None:
        """Create an event on an object.

        Raises:
            WriteError: It was not created, or nobody knows.
        """


class TrustWriter(Protocol):
    """Writes trust policies in one account as the fix role, where the fleet file allows it."""

    async def update_trust_policy(self, *, role_arn: str, before: str, after: str) -> None:
        """Replace a role's trust policy, provided that it still is `before`.

        Raises:
            Stale: The role is gone or another one, or its policy has changed.
            WriteDenied: IAM refuses.
            OutcomeUnknown: The connection broke after the request left.
            WriteError: Anything else.
        """


class ProviderWriter(Protocol):
    """Writes IAM OIDC providers in one account as the fix role, where the fleet file allows it.

    Each method raises:
        Stale: The provider is not as the plan saw it; nothing was written.
        WriteDenied: IAM refuses.
        OutcomeUnknown: The connection broke after the request left.
        WriteError: Anything else.
    """

    async def set_client_ids(
        self, *, arn: str, before: tuple[str, ...], after: tuple[str, ...]
    ) -> None:
        """Add or remove the one client ID in which `before` and `after` differ."""

    async def create(self, *, arn: str, url: str, client_ids: tuple[str, ...]) -> None:
        """Create a provider that is not there, with the mark by which `delete` knows it."""

    async def delete(self, *, arn: str, client_ids: tuple[str, ...]) -> None:
        """Delete a provider that `create` made and that has these client IDs still."""


class Prover(Protocol):
    """Proves service accounts of one cluster, as the proof role of its account.

    Neither the token nor the credentials leave its methods: not by an answer, an error, the journal or a log.
    """

    async def rehearse_pod(self, namespace: str, service_account: str) -> Rehearsal:
        """Create a pod as a server-side dry run: nothing is made.

        Raises:
            ReadError: The API server could not be asked, or RBAC refuses.
        """

    async def ask_sts(
        self, *, namespace: str, service_account: str, audience: str, role_arn: str
    ) -> StsAnswer:
        """Trade a short token of the service account for credentials that may do nothing, and drop them.

        Raises:
            ReadError: There is no token, or STS did not answer.
        """


class OrganizationReader(Protocol):
    """Reads the organization with the bot's own credentials.

    Only the management account and delegated administrators may.
    """

    async def control_policies(self, account_id: str) -> ControlPolicies:
        """organizations:ListParents up to the root, ListPoliciesForTarget for each, DescribePolicy."""


class IssuerReader(Protocol):
    """Reads what an issuer publishes to everybody."""

    async def published_keys(self, issuer: str) -> PublishedKeys:
        """The discovery document and the keys, over https from public addresses only, without redirects."""


class Clients(Protocol):
    """Every account and cluster of the fleet, lazily reached. Cheap to hold; connections and credentials are shared."""

    @property
    def fleet(self) -> Fleet:
        """What may be read."""

    def sightings(self, role_arn: str) -> RoleSightings:
        """Where earlier searches saw service accounts with a role; makes no call."""

    def aws(self, account_id: str) -> AwsReader:
        """The reader of an account.

        Raises:
            NotInFleet: The fleet does not name the account.
        """

    def organization(self) -> OrganizationReader:
        """The reader of the organization that the accounts are in."""

    def issuers(self) -> IssuerReader:
        """The reader of what issuers publish."""

    def kubernetes(self, cluster: str) -> KubernetesReader:
        """The reader of a cluster, by its alias.

        Raises:
            NotInFleet: The fleet does not name the cluster.
        """

    def kubernetes_writer(self, cluster: str) -> KubernetesWriter:
        """The writer of a cluster: assumes the account's fix role.

        Raises:
            NotInFleet: The fleet does not name the cluster.
            WriteDenied: The account has no fix role.
        """

    def prover(self, cluster: str) -> Prover:
        """Who proves at STS for a cluster: assumes the account's proof role.

        Raises:
            NotInFleet: The fleet does not name the cluster.
            ReadError: The account has no proof role, or the cluster has the proof turned off.
        """

    def trust_writer(self, account_id: str) -> TrustWriter:
        """The writer of an account's trust policies: assumes the account's fix role.

        Raises:
            NotInFleet: The fleet does not name the account.
            WriteDenied: The account has no fix role, or does not allow it.
        """

    def provider_writer(self, account_id: str) -> ProviderWriter:
        """The writer of an account's OIDC providers: assumes the account's fix role.

        Raises:
            NotInFleet: The fleet does not name the account.
            WriteDenied: The account has no fix role, or does not allow it.
        """
