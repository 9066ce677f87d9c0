"""What a pasted text says, before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime


class Kind(StrEnum):
    """Whether the bot answers on its own."""

    WEB_IDENTITY = "web_identity"
    """A failure of sts:AssumeRoleWithWebIdentity, or of what comes before it in the pod."""
    LOOK_ALIKE = "look_alike"
    """Something else that reads like one; answered only when somebody asks."""


class Cause(StrEnum):
    """What the text says went wrong, as far as words can say."""

    ACCESS_DENIED = "access_denied"
    NO_PROVIDER = "no_provider"
    TOKEN_NOT_VALIDATED = "token_not_validated"  # noqa: S105  a cause, no secret
    """The general InvalidIdentityToken text of 2026: provider or audience."""
    INCORRECT_AUDIENCE = "incorrect_audience"
    MISSING_CLAIM = "missing_claim"
    NOT_A_JWT = "not_a_jwt"
    THUMBPRINT = "thumbprint"
    VERIFICATION_KEY = "verification_key"
    INVALID_TOKEN = "invalid_token"  # noqa: S105  a cause, no secret
    """InvalidIdentityToken with words not listed here."""
    EXPIRED_TOKEN = "expired_token"  # noqa: S105  a cause, no secret
    VALIDATION = "validation"
    IDP_UNREACHABLE = "idp_unreachable"
    IDP_REJECTED = "idp_rejected"
    REGION_DISABLED = "region_disabled"
    THROTTLED = "throttled"
    TOKEN_FILE = "token_file"  # noqa: S105  a cause, no secret
    """The token file is missing or can't be read."""
    NO_REGION = "no_region"
    STS_UNREACHABLE = "sts_unreachable"
    SDK_LACKS_STS = "sdk_lacks_sts"
    NOT_CONFIGURED = "not_configured"
    """The role ARN or the token file is not set."""
    OTHER = "other"
    NODE_ROLE = "node_role"
    """The node's instance role answered in place of the pod's."""
    PERMISSION = "permission"
    """The role was assumed and lacks a permission."""
    ROLE_CHAINING = "role_chaining"
    """sts:AssumeRole into another role failed."""
    POD_IDENTITY = "pod_identity"
    OTHER_FEDERATION = "other_federation"
    """GitHub Actions, GitLab, Cognito, SAML …"""
    NO_CREDENTIALS = "no_credentials"
    """No provider in the chain; nothing in the text speaks of web identity."""


NO_TOKEN_SENT: Final = frozenset(
    {
        Cause.NODE_ROLE,
        Cause.NOT_CONFIGURED,
        Cause.NO_CREDENTIALS,
        Cause.TOKEN_FILE,
        Cause.SDK_LACKS_STS,
    }
)
"""The SDK found no web identity, so that STS saw no token."""
TOKEN_SENT: Final = frozenset(
    {
        Cause.ACCESS_DENIED,
        Cause.NO_PROVIDER,
        Cause.TOKEN_NOT_VALIDATED,
        Cause.INCORRECT_AUDIENCE,
        Cause.EXPIRED_TOKEN,
        Cause.THUMBPRINT,
        Cause.VERIFICATION_KEY,
    }
)
"""STS saw a token, and refused it or what it asked for."""
KEYS_NOT_FETCHED: Final = frozenset(
    {Cause.VERIFICATION_KEY, Cause.IDP_UNREACHABLE, Cause.THUMBPRINT}
)
"""STS asked the issuer for its keys, and did not get any that it could use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One failure found in a text. A field is None where the text does not show it."""

    kind: Kind
    cause: Cause
    excerpt: str
    """The lines that say so, secrets removed, at most 600 characters."""
    fingerprint: str
    """The same for the same failure, whatever its request ID, time, pod suffix and wrapping."""
    sdk: str | None = None
    """`aws-sdk-go v1`, `aws-sdk-go-v2`, `botocore`, `java v1`, `java v2`, `js v2`, `js v3`, `.net`, `rust`,
    `cpp`, `ruby`, `php`, or `other`."""
    sts_error_code: str | None = None
    message: str | None = None
    role_arn: str | None = None
    """Verbatim where it parses as a role's ARN."""
    role_as_written: str | None = None
    """The role as the text spells it, placeholders and faults included; for showing and comparing, never for a call."""
    account_id: str | None = None
    """12 digits, or as many as the text has left of them."""
    region: str | None = None
    issuer: str | None = None
    """https URL."""
    namespace: str | None = None
    service_account: str | None = None
    pod: str | None = None
    workload: str | None = None
    """A controller's or workload's name, such as `external-dns`."""
    cluster: str | None = None
    """A cluster that the text names, as an alert's label does."""
    request_id: str | None = None
    session_name: str | None = None
    source_role: str | None = None
    """The role name inside an `assumed-role` ARN: who made the call that failed."""
    at: datetime | None = None
    federation: str | None = None
    """Who else than a pod made the call, where the text shows it: `GitHub Actions`, `GitLab` …"""
