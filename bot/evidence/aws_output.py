"""What the AWS CLI writes, as far as it is read.

Source: AWS CLI Command Reference, `iam get-role`, `iam get-open-id-connect-provider`,
`iam list-open-id-connect-providers`, `eks describe-cluster`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel, to_pascal

# Lengths are bounds of their own, and classes are ASCII: pydantic compiles a counted or Unicode class to megabytes.
_RoleArnText = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\x21-\x7e]+$", max_length=700),
]
_ProviderArnText = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/[\x21-\x7e]+$", max_length=400
    ),
]
_ClusterArnText = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws[a-z-]*:eks:[a-z0-9-]+:[0-9]{12}:cluster/[0-9A-Za-z_-]+$", max_length=200
    ),
]
_Url = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=255)]


class _Iam(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, frozen=True, extra="ignore")


class _Eks(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")


class Tag(_Iam):
    """Role.Tags[]."""

    key: str
    value: str


class Boundary(_Iam):
    """Role.PermissionsBoundary."""

    permissions_boundary_arn: str | None = None


class Role(_Iam):
    """Role of get-role."""

    arn: _RoleArnText
    role_name: str = Field(pattern=r"^[0-9A-Za-z_+=,.@-]+$", max_length=64)
    path: str = "/"
    assume_role_policy_document: dict[str, Any] | str
    create_date: AwareDatetime | None = None
    max_session_duration: int = 3600
    permissions_boundary: Boundary | None = None
    tags: tuple[Tag, ...] = ()


class Provider(_Iam):
    """The whole answer of get-open-id-connect-provider; it does not say whose it is.

    `Account` is added where the one who passes it on knows.
    """

    url: _Url
    client_ids: tuple[str, ...] = Field(alias="ClientIDList")
    thumbprint_list: tuple[str, ...] = ()
    create_date: AwareDatetime | None = None
    account: str | None = Field(default=None, pattern=r"^[0-9]{12}$")


class ListedProvider(_Iam):
    """OpenIDConnectProviderList[]."""

    arn: _ProviderArnText


class Providers(_Iam):
    """The whole answer of list-open-id-connect-providers."""

    items: tuple[ListedProvider, ...] = Field(alias="OpenIDConnectProviderList")


class Oidc(_Eks):
    """cluster.identity.oidc."""

    issuer: _Url | None = None


class Identity(_Eks):
    """cluster.identity."""

    oidc: Oidc = Oidc()


class Cluster(_Eks):
    """Cluster of describe-cluster."""

    name: str = Field(pattern=r"^[0-9A-Za-z_-]+$", max_length=100)
    arn: _ClusterArnText
    identity: Identity = Identity()
    version: str | None = None
    status: str | None = None
    created_at: AwareDatetime | None = None
