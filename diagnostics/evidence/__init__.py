"""The nouns: what is read of a cluster and of AWS, as frozen values, and the three states of a fact."""

from __future__ import annotations

from diagnostics.evidence.aws import (
    Cluster,
    ControlPolicies,
    ControlPolicy,
    IamRole,
    LoginIssuers,
    OidcProvider,
    PodIdentityAssociation,
    PodIdentityAssociations,
    ProviderArns,
    TrustChange,
    TrustChanges,
)
from diagnostics.evidence.keys import (
    PublishedKeys,
    SigningKeys,
)
from diagnostics.evidence.kubernetes import (
    AUDIENCE,
    DEFAULT_AUDIENCE,
    RESTARTED_AT,
    ROLE_ARN,
    SKIP_CONTAINERS,
    STS_REGIONAL_ENDPOINTS,
    TOKEN_EXPIRATION,
    Container,
    EnvVar,
    FieldManager,
    Mount,
    MutatingWebhook,
    Pod,
    Pods,
    PodSpec,
    ServiceAccount,
    Siblings,
    TokenVolume,
    Webhooks,
    Workload,
)
from diagnostics.evidence.sightings import (
    RoleSightings,
)
from diagnostics.evidence.states import (
    Absent,
    Found,
    Unreadable,
)
from diagnostics.evidence.target import (
    Target,
)

__all__ = [
    "AUDIENCE",
    "DEFAULT_AUDIENCE",
    "RESTARTED_AT",
    "ROLE_ARN",
    "SKIP_CONTAINERS",
    "STS_REGIONAL_ENDPOINTS",
    "TOKEN_EXPIRATION",
    "Absent",
    "Cluster",
    "Container",
    "ControlPolicies",
    "ControlPolicy",
    "EnvVar",
    "FieldManager",
    "Found",
    "IamRole",
    "LoginIssuers",
    "Mount",
    "MutatingWebhook",
    "OidcProvider",
    "Pod",
    "PodIdentityAssociation",
    "PodIdentityAssociations",
    "PodSpec",
    "Pods",
    "ProviderArns",
    "PublishedKeys",
    "RoleSightings",
    "ServiceAccount",
    "Siblings",
    "SigningKeys",
    "Target",
    "TokenVolume",
    "TrustChange",
    "TrustChanges",
    "Unreadable",
    "Webhooks",
    "Workload",
]
