"""The reader of one AWS account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bot.clients.aws.eks import all_pod_identities, login_issuers, pod_identity_associations
from bot.clients.aws.regions import global_region
from bot.clients.aws.trust_change import trust_change
from diagnostics.arn import account_of, partition_of
from diagnostics.errors import NotInFleet, ReadError
from diagnostics.evidence import (
    Cluster,
    IamRole,
    OidcProvider,
    ProviderArns,
    TrustChanges,
)
from diagnostics.iam import Outcome, PolicyError, WebIdentityRequest, outcome, parse
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from types_boto3_iam import IAMClient
    from types_boto3_iam.type_defs import RoleTypeDef

    from bot.clients.aws.calls import AccountCalls
    from bot.clients.aws.clusters import EksDescriptions
    from bot.clients.aws.trail import Trails
    from diagnostics.evidence import LoginIssuers, PodIdentityAssociations
    from diagnostics.fleet import FleetCluster
    from diagnostics.iam import TrustPolicy
    from diagnostics.web_identity_call import WebIdentityCalls


class AwsAccountReader:
    """Fulfils `diagnostics.clients.AwsReader`."""

    def __init__(
        self, calls: AccountCalls, clusters: EksDescriptions, trails: Trails, most_roles: int
    ) -> None:
        self._calls = calls
        self._clusters = clusters
        self._trails = trails
        self._most_roles = most_roles

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        """eks:DescribeCluster; nothing is called where the fleet file states the issuer.

        Raises:
            NotInFleet: The cluster is of another account.
            ReadError: EKS can't be read, or names no issuer.
        """
        if entry.account != self._calls.account.id:
            raise NotInFleet(
                say(
                    "cluster {cluster} is in account {account}, not in {other}",
                    cluster=entry.name,
                    account=entry.account,
                    other=self._calls.account.id,
                ),
                enable=say("correct `account:` of the cluster in the fleet file"),
            )
        partition = partition_of(entry.region)
        if entry.issuer is not None:
            return Cluster(
                name=entry.name,
                account=entry.account,
                region=entry.region,
                partition=partition,
                issuer=entry.issuer,
            )
        found = await self._clusters.now(entry, self._calls)
        if found is None:
            return None
        if found.issuer is None:
            raise ReadError(
                say(
                    "EKS names no OIDC issuer for cluster {cluster} (status {status})",
                    cluster=entry.name,
                    status=found.status,
                ),
                enable=say(
                    "wait until the cluster is ACTIVE, or give its `issuer` in the fleet file"
                ),
            )
        return Cluster(
            name=entry.name,
            account=entry.account,
            region=entry.region,
            partition=partition,
            issuer=found.issuer,
            arn=found.arn,
            version=found.version,
            created=found.created,
            status=found.status,
        )

    async def role(self, name: str) -> IamRole | None:
        """iam:GetRole, which names the tags where there are any."""
        return await self._calls.iam(
            "GetRole",
            self._arn(f"role/{name}"),
            lambda iam: iam_role({"Tags": [], **iam.get_role(RoleName=name)["Role"]}),
        )

    async def roles_trusting(self, provider_arn: str, subject: str) -> tuple[IamRole, ...]:
        """iam:ListRoles, all pages; conditions that only STS could settle count as met.

        Raises:
            ReadError: The roles can't be listed, or are more than the limit.
        """

        def search(iam: IAMClient) -> tuple[IamRole, ...]:
            # A look at the text first: an account has thousands of roles, and few name this issuer.
            issuer = provider_arn.rpartition("/")[2]
            near = (iam_role(found) for found in self._all(iam) if issuer in _trust_text(found))
            return tuple(role for role in near if _trusts(role, provider_arn, subject))

        found = await self._calls.iam("ListRoles", self._arn("role/*"), search)
        return found or ()

    async def roles(self) -> tuple[IamRole, ...]:
        """iam:ListRoles, all pages.

        Raises:
            ReadError: The roles can't be listed, or are more than the limit.
        """
        found = await self._calls.iam(
            "ListRoles", self._arn("role/*"), lambda iam: tuple(map(iam_role, self._all(iam)))
        )
        return found or ()

    async def oidc_provider(self, arn: str) -> OidcProvider | None:
        """iam:GetOpenIDConnectProvider."""

        def get(iam: IAMClient) -> OidcProvider:
            found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
            return OidcProvider(
                arn=arn,
                url=found["Url"],
                account=self._calls.account.id,
                client_ids=tuple(found.get("ClientIDList", ())),
                thumbprints=tuple(found.get("ThumbprintList", ())),
                created=found.get("CreateDate"),
            )

        return await self._calls.iam("GetOpenIDConnectProvider", arn, get)

    async def oidc_provider_arns(self) -> ProviderArns:
        """iam:ListOpenIDConnectProviders."""

        def listed(iam: IAMClient) -> tuple[str, ...]:
            found = iam.list_open_id_connect_providers()
            return tuple(entry["Arn"] for entry in found["OpenIDConnectProviderList"])

        items = await self._calls.iam(
            "ListOpenIDConnectProviders", self._arn("oidc-provider/*"), listed
        )
        return ProviderArns(account=self._calls.account.id, items=items or ())

    async def web_identity_calls(
        self, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        """cloudtrail:LookupEvents by event name, newest first, bounded, paced and kept for a while."""
        return await self._trails.lookup(self._calls, region, since, until)

    async def trust_changes(self, role_name: str, since: datetime, until: datetime) -> TrustChanges:
        """cloudtrail:LookupEvents by event name, where IAM's events are kept; bounded, paced and kept for a while."""
        region = global_region(partition_of(self._calls.region))
        found = await self._trails.find(
            self._calls, region, since, until, event="UpdateAssumeRolePolicy", read=trust_change
        )
        return TrustChanges(
            items=tuple(change for name, change in found.items if name == role_name)
        )

    async def pod_identity_associations(
        self, entry: FleetCluster, namespace: str, service_account: str
    ) -> PodIdentityAssociations:
        """eks:ListPodIdentityAssociations, and eks:DescribePodIdentityAssociation of what there is."""
        return await pod_identity_associations(self._calls, entry, namespace, service_account)

    async def all_pod_identities(self, entry: FleetCluster) -> frozenset[tuple[str, str]]:
        """eks:ListPodIdentityAssociations, all pages: namespace and service account of each."""
        return await all_pod_identities(self._calls, entry)

    async def login_issuers(self, entry: FleetCluster) -> LoginIssuers:
        """eks:ListIdentityProviderConfigs, and eks:DescribeIdentityProviderConfig of what there is."""
        return await login_issuers(self._calls, entry)

    def _all(self, iam: IAMClient) -> Iterator[RoleTypeDef]:
        count = 0
        for page in iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1000}):
            for found in page["Roles"]:
                count += 1
                if count > self._most_roles:
                    raise ReadError(
                        say(
                            "account {account} has more than {most} roles",
                            account=self._calls.account.id,
                            most=f"{self._most_roles:,}",
                        ),
                        enable=say("name the role"),
                    )
                yield found

    def _arn(self, rest: str) -> str:
        partition = partition_of(self._calls.region)
        return f"arn:{partition}:iam::{self._calls.account.id}:{rest}"


def iam_role(found: Any) -> IamRole:
    """Map a role as IAM returns it, decoded or not."""
    text = _trust_text(found)
    boundary = found.get("PermissionsBoundary") or {}
    return IamRole(
        arn=found["Arn"],
        name=found["RoleName"],
        path=found.get("Path", "/"),
        account=account_of(found["Arn"]) or "",
        trust_text=text,
        trust=_policy(text),
        created=found.get("CreateDate"),
        max_session_seconds=found.get("MaxSessionDuration", 3600),
        permissions_boundary=boundary.get("PermissionsBoundaryArn"),
        tags={tag["Key"]: tag["Value"] for tag in found["Tags"]} if "Tags" in found else None,
    )


def _trust_text(found: Any) -> str:
    document = found.get("AssumeRolePolicyDocument") or ""
    return unquote(document) if isinstance(document, str) else json.dumps(document)


def _policy(text: str) -> TrustPolicy | None:
    try:
        return parse(text)
    except PolicyError:
        return None


def _trusts(role: IamRole, provider_arn: str, subject: str) -> bool:
    if role.trust is None:
        return False
    request = WebIdentityRequest(
        role_arn=role.arn,
        provider_arn=provider_arn,
        claims={"sub": subject, "aud": "sts.amazonaws.com"},
        role_tags=role.tags,
        open_context=True,
    )
    return outcome(role.trust, request) in (Outcome.ALLOWED, Outcome.UNDECIDED)
