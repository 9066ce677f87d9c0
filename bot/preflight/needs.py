"""Every permission that the bot needs, and what for: held by a test against the calls that it makes.

The ready-made policies and RBAC under `deploy/` grant these and nothing else; the same test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An IAM action."""

    name: str
    """Such as `iam:GetRole`."""
    why: str
    """What can't be told without it, as a clause."""
    optional: bool = False
    """Whether a team may well do without it."""
    on: str = ""
    """The resources, as the end of their ARNs, such as `role/*`; empty where the action knows none."""

    def resource(self, partition: str, account: str) -> str:
        """The resources as a policy names them, in every region."""
        if not self.on:
            return "*"
        service = self.name.partition(":")[0]
        return f"arn:{partition}:{service}:{'' if service == 'iam' else '*'}:{account}:{self.on}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An RBAC rule."""

    group: str | None
    """API group; empty for the core group, None where the resource is a path."""
    resource: str
    """Plural, or a path."""
    verbs: tuple[str, ...]
    why: str
    optional: bool = False
    """Whether it is of no use for clusters that EKS runs."""


READ_ACTIONS: Final = (
    Action(
        name="eks:DescribeCluster",
        on="cluster/*",
        why="the cluster's issuer, and where its Kubernetes API is",
    ),
    Action(
        name="eks:ListPodIdentityAssociations",
        on="cluster/*",
        why="credentials of EKS Pod Identity, which win",
    ),
    Action(
        name="eks:DescribePodIdentityAssociation",
        on="podidentityassociation/*",
        why="which role such an association gives",
    ),
    Action(
        name="eks:ListIdentityProviderConfigs",
        on="cluster/*",
        why="whether people's logins take the same issuer",
    ),
    Action(
        name="eks:DescribeIdentityProviderConfig",
        on="identityproviderconfig/*",
        why="which issuer people's logins take",
    ),
    Action(
        name="eks:ListClusters", why="clusters that the fleet file does not name", optional=True
    ),
    Action(name="iam:GetRole", on="role/*", why="the role's trust policy and permissions boundary"),
    Action(
        name="iam:ListRoles",
        why="which role trusts a service account whose annotation is missing or wrong",
    ),
    Action(
        name="iam:GetOpenIDConnectProvider",
        on="oidc-provider/*",
        why="whether IAM knows the issuer, for which audiences",
    ),
    Action(name="iam:ListOpenIDConnectProviders", why="a provider whose URL nearly fits"),
    Action(
        name="cloudtrail:LookupEvents",
        why="who made the failed call, where all else leaves that open",
        optional=True,
    ),
)
"""Of the read role."""

FIX_ACTIONS: Final = (
    Action(name="eks:DescribeCluster", on="cluster/*", why="where the Kubernetes API is"),
)
"""Of the fix role, in every account that has one."""

TRUST_ACTIONS: Final = (
    Action(name="iam:GetRole", why="to look at a trust policy again right before it is replaced"),
    Action(name="iam:UpdateAssumeRolePolicy", why="the trust policy's correction"),
)
"""Of the fix role, where the fleet file says `allow_trust_policy_fix: true`."""

PROVIDER_ACTIONS: Final = (
    Action(
        name="iam:GetOpenIDConnectProvider",
        why="to look at a provider again right before it is changed",
    ),
    Action(name="iam:CreateOpenIDConnectProvider", why="the provider that is missing"),
    Action(name="iam:TagOpenIDConnectProvider", why="the mark by which a created one is known"),
    Action(name="iam:DeleteOpenIDConnectProvider", why="the way back from that"),
    Action(name="iam:AddClientIDToOpenIDConnectProvider", why="the audience that is missing"),
    Action(name="iam:RemoveClientIDFromOpenIDConnectProvider", why="the way back from that"),
)
"""Of the fix role, where the fleet file says `allow_provider_fix: true`."""

_CONTROL_POLICIES: Final = "resource control policies that refuse what the trust policy allows"
ORGANIZATION_ACTIONS: Final = (
    Action(name="organizations:ListParents", why=_CONTROL_POLICIES),
    Action(name="organizations:ListPoliciesForTarget", why=_CONTROL_POLICIES),
    Action(name="organizations:DescribePolicy", why=_CONTROL_POLICIES),
    Action(
        name="organizations:ListAccounts",
        why="clusters in accounts that the fleet file does not list",
        optional=True,
    ),
)
"""Of the bot's own identity, where the fleet file says `organization: true`."""

READ_RULES: Final = (
    Rule(group="", resource="serviceaccounts", verbs=("get", "list"), why="the role annotation"),
    Rule(group="", resource="pods", verbs=("get", "list"), why="what the pods really got"),
    Rule(
        group="apps",
        resource="deployments",
        verbs=("get", "list"),
        why="the pod template, and what a restart replaces",
    ),
    Rule(group="apps", resource="statefulsets", verbs=("get", "list"), why="the same"),
    Rule(group="apps", resource="daemonsets", verbs=("get", "list"), why="the same"),
    Rule(
        group="apps",
        resource="replicasets",
        verbs=("get",),
        why="a replica set that an error names",
    ),
    Rule(group="batch", resource="jobs", verbs=("get",), why="a job that an error names"),
    Rule(
        group="batch",
        resource="cronjobs",
        verbs=("get", "list"),
        why="the pod template of its pods",
    ),
    Rule(
        group="admissionregistration.k8s.io",
        resource="mutatingwebhookconfigurations",
        verbs=("list",),
        why="whether the pod identity webhook is there and sees the pod",
    ),
    Rule(
        group=None,
        resource="/.well-known/openid-configuration",
        verbs=("get",),
        why="the issuer, where EKS can't be asked for it",
        optional=True,
    ),
    Rule(
        group=None,
        resource="/openid/v1/jwks",
        verbs=("get",),
        why="the keys that the API server signs with, where STS could not use the issuer's",
        optional=True,
    ),
)
"""Of the read role, in all namespaces."""

FIX_RULES: Final = (
    Rule(group="", resource="serviceaccounts", verbs=("get", "patch"), why="the annotation's fix"),
    Rule(group="apps", resource="deployments", verbs=("get", "patch"), why="the restart of pods"),
    Rule(group="apps", resource="statefulsets", verbs=("get", "patch"), why="the same"),
    Rule(group="apps", resource="daemonsets", verbs=("get", "patch"), why="the same"),
)
"""Of the fix role, in all namespaces or in those where the buttons may write."""

EVENT_RULES: Final = (
    Rule(group="", resource="events", verbs=("create",), why="the event on what was changed"),
)
"""Of the fix role, where the fleet file says `events: true`."""

PROOF_RULES: Final = (
    Rule(
        group="",
        resource="serviceaccounts/token",
        verbs=("create",),
        why="the token that STS is asked about",
    ),
)
"""Of the proof role, where the fleet file says `proof: true`."""

PROOF_POD_RULES: Final = (
    Rule(
        group="", resource="pods", verbs=("create",), why="the dry run that shows the webhook act"
    ),
)
"""Of the proof role, where the fleet file says `proof_pod: true`."""

SLACK_SCOPES: Final[Mapping[str, str]] = {
    "app_mentions:read": "mentions",
    "canvases:write": "the summary of an incident as a canvas; without it a message has it",
    "channels:history": "pasted errors in public channels",
    "channels:read": "whether a channel is shared with another organisation, and who invited us",
    "chat:write": "the reply",
    "commands": "/irsa and the message shortcut",
    "files:read": "errors in uploaded snippets and logs",
    "files:write": "a long diff as a file in the thread; without it the dialog has the whole",
    "groups:history": "pasted errors in private channels",
    "groups:read": "whether a private channel is shared with another organisation",
    "im:history": "pasted errors in direct messages",
    "links:read": "to see a link to an incident",
    "links:write": "its preview",
    "usergroups:read": "who is in an approver group",
    "users:read": "whether whoever presses a button is a guest or of another organisation",
}
"""Scopes of the bot token, and what each is for."""

READ_GROUP: Final = "irsa-doctor:read"
FIX_GROUP: Final = "irsa-doctor:fix"
PROVE_GROUP: Final = "irsa-doctor:prove"
"""Kubernetes groups, as `deploy/kubernetes` binds them."""
