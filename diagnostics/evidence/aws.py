"""What is read of EKS, IAM, CloudTrail and the organization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.arn import provider_arn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from diagnostics.iam import TrustPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """An EKS cluster (or a self-hosted one with an issuer of its own)."""

    name: str
    """The fleet's alias."""
    account: str
    region: str
    partition: str
    issuer: str
    """https URL, verbatim."""
    arn: str | None = None
    version: str | None = None
    created: datetime | None = None
    status: str | None = None

    @property
    def eks_name(self) -> str:
        """The name in EKS, as its ARN says; the alias where there is no ARN."""
        return (self.arn or self.name).rpartition("/")[2]

    @property
    def issuer_path(self) -> str:
        """The issuer without its scheme, as IAM writes it in provider ARNs and condition keys."""
        return self.issuer.removeprefix("https://")

    def provider_arn_in(self, account: str) -> str:
        """Name the provider that this cluster's tokens need in an account."""
        return provider_arn(partition=self.partition, account=account, issuer=self.issuer)


@dataclass(frozen=True, slots=True, kw_only=True)
class IamRole:
    """An IAM role with its trust policy."""

    arn: str
    name: str
    path: str
    account: str
    trust_text: str
    """The trust policy as IAM returned it, URL-decoded, byte for byte."""
    trust: TrustPolicy | None
    """The parsed policy, or None where it can't be read as one."""
    created: datetime | None = None
    max_session_seconds: int = 3600
    permissions_boundary: str | None = None
    tags: Mapping[str, str] | None = None
    """None: not read. Source: IAM API reference, ListRoles, which leaves tags out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """An IAM OIDC provider."""

    arn: str
    url: str
    """Without `https://`, as IAM returns it."""
    account: str
    client_ids: tuple[str, ...]
    thumbprints: tuple[str, ...] = ()
    created: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderArns:
    """The ARNs of all OIDC providers of one account."""

    account: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PodIdentityAssociation:
    """An EKS Pod Identity association: the role that new pods of a service account get instead of IRSA."""

    id: str
    namespace: str
    service_account: str
    role_arn: str | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PodIdentityAssociations:
    """The associations of one service account; EKS takes one at most."""

    items: tuple[PodIdentityAssociation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginIssuers:
    """Issuers that the cluster takes tokens of people from (identity provider configurations)."""

    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChange:
    """A change of a role's trust policy."""

    at: datetime
    by: str
    """ARN of who made it, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChanges:
    """Recent changes of one role's trust policy, newest first; records arrive minutes later."""

    items: tuple[TrustChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPolicy:
    """A resource control policy, and where in the organization it is attached."""

    id: str
    name: str
    text: str
    attached_to: str
    """ID of the root, organizational unit or account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPolicies:
    """The resource control policies that apply to an account, AWS's own that allows everything left out."""

    account: str
    items: tuple[ControlPolicy, ...] = ()
    path: str | None = None
    """Where the account is: organization, root and units, as in `o-example/r-ab12/ou-ab12-1/`; None if nothing tells.

    Source: IAM User Guide, "Understand the AWS Organizations entity path".
    """
