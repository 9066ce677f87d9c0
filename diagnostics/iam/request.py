"""The question put to a trust policy: may this token assume this role?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003  dataclass fields
from dataclasses import dataclass, field
from typing import Final

ASSUME_ROLE_WITH_WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityRequest:
    """One call of sts:AssumeRoleWithWebIdentity, as the trust policy sees it.

    Source: IAM User Guide, "IAM and AWS STS condition context keys", keys for web identity federation.
    """

    role_arn: str
    provider_arn: str
    """ARN of the IAM OIDC provider of the token's issuer, in the role's account."""
    claims: Mapping[str, object]
    """The token's claims: `sub` a string, `aud` a string or list of strings, any other as in the token."""
    session_name: str | None = None
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    """Further condition keys and their values, such as `aws:SourceIp`."""
    role_tags: Mapping[str, str] | None = None
    """The role's own tags; None where they are not known, so that a condition on one may stay undecided."""
    open_context: bool = False
    """False: a key that neither the claims, the role nor `context` give is absent. True: what STS would know and
    we do not (source IP, VPC, time, user agent, region …) is unknown, and may leave the outcome undecided."""
    action: str = ASSUME_ROLE_WITH_WEB_IDENTITY
