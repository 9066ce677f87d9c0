"""An account as the evidence has it, and as AWS has the rest where that may be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.evidence.mark import beyond, lacking
from diagnostics.arn import account_of, partition_of, place_of
from diagnostics.evidence import Cluster, OidcProvider, ProviderArns

if TYPE_CHECKING:
    from datetime import datetime

    from bot.evidence.bundle import Bundle, Piece
    from bot.evidence.mark import Mark
    from diagnostics.clients import AwsReader
    from diagnostics.evidence import IamRole, LoginIssuers, PodIdentityAssociations, TrustChanges
    from diagnostics.fleet import FleetCluster
    from diagnostics.web_identity_call import WebIdentityCalls


class EvidenceAws:
    """Fulfils `diagnostics.clients.AwsReader`.

    Each method raises:
        ReadError: Neither the evidence has it nor may AWS be asked; it names what would add it.
    """

    def __init__(self, bundle: Bundle, mark: Mark, account: str, inner: AwsReader | None) -> None:
        self._bundle = bundle
        self._mark = mark
        self._account = account
        self._inner = inner

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        """Take `eks describe-cluster` from the evidence."""
        for piece in self._bundle.clusters:
            found = piece.value
            if place_of(found.arn) != (entry.region, entry.account) or found.name != entry.eks_name:
                continue
            if found.identity.oidc.issuer is None:
                raise lacking(f"an issuer of cluster {found.name}", _describe(entry))
            self._mark.seen(piece.file, "eks", "DescribeCluster", found.arn)
            return Cluster(
                name=entry.name,
                account=entry.account,
                region=entry.region,
                partition=partition_of(entry.region),
                issuer=found.identity.oidc.issuer,
                arn=found.arn,
                version=found.version,
                created=found.created_at,
                status=found.status,
            )
        if self._inner is not None:
            return await self._inner.cluster(entry)
        raise lacking("the cluster's issuer", _describe(entry))

    async def role(self, name: str) -> IamRole | None:
        """Take `iam get-role` from the evidence."""
        for piece in self._bundle.roles:
            if (piece.value.account, piece.value.name) == (self._account, name):
                self._mark.seen(piece.file, "iam", "GetRole", piece.value.arn)
                return piece.value
        if self._inner is not None:
            return await self._inner.role(name)
        raise lacking(
            f"role {name} of account {self._account}",
            f"aws iam get-role --role-name {name} --output json",
        )

    async def roles_trusting(self, provider_arn: str, subject: str) -> tuple[IamRole, ...]:
        """Ask AWS: single roles say nothing about others."""
        if self._inner is not None:
            return await self._inner.roles_trusting(provider_arn, subject)
        raise beyond("the roles of a whole account", "iam:ListRoles")

    async def oidc_provider(self, arn: str) -> OidcProvider | None:
        """Take `iam get-open-id-connect-provider`; a list that lacks the ARN says that there is none."""
        listed = self._listed()
        if listed is not None and arn not in listed.value:
            self._mark.seen(listed.file, "iam", "ListOpenIDConnectProviders", f"without {arn}")
            return None
        url = arn.partition(":oidc-provider/")[2]
        for piece in self._bundle.providers:
            found = piece.value
            if found.url.removeprefix("https://") == url and self._owns(listed, arn, found.account):
                self._mark.seen(piece.file, "iam", "GetOpenIDConnectProvider", arn)
                return OidcProvider(
                    arn=arn,
                    url=found.url,
                    account=self._account,
                    client_ids=found.client_ids,
                    thumbprints=found.thumbprint_list,
                    created=found.create_date,
                )
        if self._inner is not None:
            return await self._inner.oidc_provider(arn)
        raise lacking(
            f"OIDC provider {arn}",
            "aws iam list-open-id-connect-providers --output json` and of "
            f"`aws iam get-open-id-connect-provider --open-id-connect-provider-arn {arn} --output json",
        )

    async def oidc_provider_arns(self) -> ProviderArns:
        """Take `iam list-open-id-connect-providers` from the evidence."""
        listed = self._listed()
        if listed is not None:
            self._mark.seen(listed.file, "iam", "ListOpenIDConnectProviders", "oidc-provider/*")
            return ProviderArns(account=self._account, items=listed.value)
        if self._inner is not None:
            return await self._inner.oidc_provider_arns()
        raise lacking(
            f"the OIDC providers of account {self._account}",
            "aws iam list-open-id-connect-providers --output json",
        )

    async def web_identity_calls(
        self, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        """Ask AWS: no command's output is taken for it."""
        if self._inner is not None:
            return await self._inner.web_identity_calls(region, since, until)
        raise beyond("CloudTrail's events", "cloudtrail:LookupEvents")

    async def trust_changes(self, role_name: str, since: datetime, until: datetime) -> TrustChanges:
        """Ask AWS: no command's output is taken for it."""
        if self._inner is not None:
            return await self._inner.trust_changes(role_name, since, until)
        raise beyond("CloudTrail's events", "cloudtrail:LookupEvents")

    async def pod_identity_associations(
        self, entry: FleetCluster, namespace: str, service_account: str
    ) -> PodIdentityAssociations:
        """Ask AWS: no command's output is taken for it."""
        if self._inner is not None:
            return await self._inner.pod_identity_associations(entry, namespace, service_account)
        raise beyond("Pod Identity associations", "eks:ListPodIdentityAssociations")

    async def login_issuers(self, entry: FleetCluster) -> LoginIssuers:
        """Ask AWS: no command's output is taken for it."""
        if self._inner is not None:
            return await self._inner.login_issuers(entry)
        raise beyond("identity provider configurations", "eks:ListIdentityProviderConfigs")

    def _listed(self) -> Piece[tuple[str, ...]] | None:
        """The list of this account's providers: ARNs say whose it is, and an empty one is of the only account."""
        for piece in self._bundle.provider_lists:
            owners = {account_of(arn) for arn in piece.value}
            if self._account in owners or (not owners and self._alone()):
                return piece
        return None

    def _owns(self, listed: Piece[tuple[str, ...]] | None, arn: str, account: str | None) -> bool:
        """Whether a provider's answer, which names no account, must be of this one.

        So it is where a list of this account has it, or where all that is known is of one account.
        """
        if account is not None:
            return account == self._account
        if listed is not None and arn in listed.value:
            return True
        return self._alone()

    def _alone(self) -> bool:
        known: set[str | None] = {role.value.account for role in self._bundle.roles}
        known |= {account_of(cluster.value.arn) for cluster in self._bundle.clusters}
        return known == {self._account}


def _describe(entry: FleetCluster) -> str:
    return f"aws eks describe-cluster --name {entry.eks_name} --output json"
