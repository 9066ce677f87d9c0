"""One harmless read for each IAM action that is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.clients.aws.errors import Attempt
from diagnostics.arn import partition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.clients.aws.calls import AccountCalls

NOBODY: Final = "irsa-doctor-preflight"
"""A name that nothing has; "there is no such thing" shows that one may ask."""


async def try_action(action: str, calls: AccountCalls, *, region: str, cluster: str | None) -> None:
    """Make the call.

    Args:
        action: Such as `iam:GetRole`.
        calls: The account, as whom.
        region: For regional services.
        cluster: The EKS name of a cluster there; None: of none.

    Raises:
        ReadError: It was refused, or there was no answer.
    """
    service, _, operation = action.partition(":")
    resource, call = _CALLS[action](_Place(calls, region, cluster or NOBODY))
    attempt = Attempt(
        service=service,
        operation=operation,
        resource=resource,
        account=calls.account.id,
        region=region,
        principal="",
    )
    await calls.read(attempt, call)


class _Place:
    def __init__(self, calls: AccountCalls, region: str, cluster: str) -> None:
        self._calls = calls
        self.region = region
        self.cluster = cluster
        self.partition = partition_of(region)
        self.iam_arn = f"arn:{partition_of(calls.region)}:iam::{calls.account.id}"
        self.eks_arn = f"arn:{self.partition}:eks:{region}:{calls.account.id}"
        self.cluster_arn = f"{self.eks_arn}:cluster/{cluster}"
        self.provider = f"{self.iam_arn}:oidc-provider/{NOBODY}.example.com"

    def client(self, service: Any) -> Any:
        here = self._calls.region if service == "iam" else self.region
        return self._calls.sessions.client(service, here)


def _recent() -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"StartTime": now - timedelta(minutes=1), "EndTime": now, "MaxResults": 1}


ORGANIZATION: Final[Mapping[str, Callable[[Any, str], object]]] = {
    "organizations:ListParents": lambda api, account: api.list_parents(ChildId=account),
    "organizations:ListPoliciesForTarget": lambda api, account: api.list_policies_for_target(
        TargetId=account, Filter="RESOURCE_CONTROL_POLICY", MaxResults=1
    ),
    "organizations:DescribePolicy": lambda api, _account: api.describe_policy(
        PolicyId="p-RCPFullAWSAccess"
    ),
    "organizations:ListAccounts": lambda api, _account: api.list_accounts(MaxResults=1),
}
"""The same for the organization, given its client and an account in it."""

_Made = tuple[str, "Callable[[], object]"]
_CALLS: Final[Mapping[str, Callable[[_Place], _Made]]] = {
    "eks:DescribeCluster": lambda at: (
        at.cluster_arn,
        lambda: at.client("eks").describe_cluster(name=at.cluster),
    ),
    "eks:ListClusters": lambda at: ("*", lambda: at.client("eks").list_clusters(maxResults=1)),
    "eks:ListPodIdentityAssociations": lambda at: (
        at.cluster_arn,
        lambda: at.client("eks").list_pod_identity_associations(
            clusterName=at.cluster, maxResults=1
        ),
    ),
    "eks:DescribePodIdentityAssociation": lambda at: (
        f"{at.eks_arn}:podidentityassociation/*",
        lambda: at.client("eks").describe_pod_identity_association(
            clusterName=at.cluster, associationId="a-preflight0000000"
        ),
    ),
    "eks:ListIdentityProviderConfigs": lambda at: (
        at.cluster_arn,
        lambda: at.client("eks").list_identity_provider_configs(
            clusterName=at.cluster, maxResults=1
        ),
    ),
    "eks:DescribeIdentityProviderConfig": lambda at: (
        f"{at.eks_arn}:identityproviderconfig/*",
        lambda: at.client("eks").describe_identity_provider_config(
            clusterName=at.cluster, identityProviderConfig={"type": "oidc", "name": NOBODY}
        ),
    ),
    "iam:GetRole": lambda at: (
        f"{at.iam_arn}:role/*",
        lambda: at.client("iam").get_role(RoleName=NOBODY),
    ),
    "iam:ListRoles": lambda at: ("*", lambda: at.client("iam").list_roles(MaxItems=1)),
    "iam:GetOpenIDConnectProvider": lambda at: (
        f"{at.iam_arn}:oidc-provider/*",
        lambda: at.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=at.provider),
    ),
    "iam:ListOpenIDConnectProviders": lambda at: (
        "*",
        lambda: at.client("iam").list_open_id_connect_providers(),
    ),
    "cloudtrail:LookupEvents": lambda at: (
        "*",
        lambda: at.client("cloudtrail").lookup_events(**_recent()),
    ),
}
ACTIONS: Final = frozenset(_CALLS)
"""The actions that can be tried."""
