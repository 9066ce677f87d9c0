"""The facts that a diagnosis derives from what it reads, beside the nouns of `diagnostics.evidence`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from diagnostics.evidence import DEFAULT_AUDIENCE
from diagnostics.languages import Words, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from diagnostics.arn import RoleArn
    from diagnostics.evidence import IamRole, OidcProvider, Pod, Workload
    from diagnostics.iam import Repair
    from diagnostics.iam.decision import Decision
    from diagnostics.iam.request import WebIdentityRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """When this diagnosis began."""

    at: datetime
    text_at: datetime | None = None
    """When the text was true, where there is a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who the pod's token says it is; known from names alone, even where the cluster can't be read."""

    namespace: str
    name: str
    audience: str = DEFAULT_AUDIENCE
    audience_read: bool = True
    """False: the service account could not be read, so the audience is the webhook's default."""

    @property
    def value(self) -> str:
        """The `sub` claim."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"


class RoleSource(StrEnum):
    """Where the role in question was read."""

    ANNOTATION = "annotation"
    REPAIRED_ANNOTATION = "repaired_annotation"
    MISSPELLED_ANNOTATION = "misspelled_annotation"
    POD = "pod"
    NAMED = "named"
    BINDING = "binding"
    TRUST = "trust"

    @property
    def words(self) -> Words:
        """Where that is, as a noun phrase."""
        return _SOURCES[self]


_SOURCES: Final = {
    RoleSource.ANNOTATION: say("the service account's annotation"),
    RoleSource.REPAIRED_ANNOTATION: say("the service account's annotation, read past its faults"),
    RoleSource.MISSPELLED_ANNOTATION: say("a misspelled or misplaced annotation"),
    RoleSource.POD: say("what the running pods have"),
    RoleSource.NAMED: say("the error, or whoever asked"),
    RoleSource.BINDING: say("the fleet file's bindings"),
    RoleSource.TRUST: say("the only role whose trust policy names this service account"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleInQuestion:
    """The role that this service account is meant to assume, as far as anything says."""

    arn: RoleArn
    source: RoleSource


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRole:
    """The role that the fleet file states for the service account."""

    arn: RoleArn


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAccount:
    """The account in which the OIDC provider must be."""

    id: str
    assumed: bool
    """True: no role is known, so the cluster's own account is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespacePods:
    """All pods of the target's namespace."""

    items: tuple[Pod, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceWorkloads:
    """All deployments, stateful sets, daemon sets and cron jobs of the target's namespace."""

    items: tuple[Workload, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustingRoles:
    """Roles whose trust policy lets this subject in; looked for only where something is amiss."""

    items: tuple[IamRole, ...] = ()
    searched: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeProvider:
    """The issuer's provider in the cluster's own account, where the role lives in another."""

    provider: OidcProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssuers:
    """Which issuer belongs to which cluster of the fleet, without `https://`."""

    by_issuer: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True
    """Whether an issuer in question that is not here is no cluster's of the fleet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnswer:
    """What the role's trust policy says to this subject's token, and the correction where it says no."""

    request: WebIdentityRequest
    decision: Decision
    repair: Repair | None = None
