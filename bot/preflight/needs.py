"""Every permission that the bot needs, and what for: held by a test against the calls that it makes.

The ready-made policies and RBAC under `deploy/` grant these and nothing else; the same test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An IAM action."""

    name: str
    """Such as `iam:GetRole`."""
    why: str
    """What can't be told without it, as a clause."""
    optional: bool = False
    """Whether a team may well do without it."""


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
    Action(name="eks:DescribeCluster", why="the cluster's issuer, and where its Kubernetes API is"),
    Action(
        name="eks:ListPodIdentityAssociations", why="credentials of EKS Pod Identity, which win"
    ),
    Action(name="eks:DescribePodIdentityAssociation", why="which role such an association gives"),
    Action(
        name="eks:ListIdentityProviderConfigs", why="whether people's logins take the same issuer"
    ),
    Action(name="eks:DescribeIdentityProviderConfig", why="which issuer people's logins take"),
    Action(
        name="eks:ListClusters", why="clusters that the fleet file does not name", optional=True
    ),
    Action(name="iam:GetRole", why="the role's trust policy and permissions boundary"),
    Action(
        name="iam:ListRoles",
        why="which role trusts a service account whose annotation is missing or wrong",
    ),
    Action(
        name="iam:GetOpenIDConnectProvider", why="whether IAM knows the issuer, for which audiences"
    ),
    Action(name="iam:ListOpenIDConnectProviders", why="a provider whose URL nearly fits"),
    Action(
        name="cloudtrail:LookupEvents",
        why="who made the failed call, where all else leaves that open",
        optional=True,
    ),
)
"""Of the read role."""

FIX_ACTIONS: Final = (Action(name="eks:DescribeCluster", why="where the Kubernetes API is"),)
"""Of the fix role."""

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

READ_GROUP: Final = "irsa-doctor:read"
FIX_GROUP: Final = "irsa-doctor:fix"
"""Kubernetes groups, as `deploy/kubernetes` binds them."""
