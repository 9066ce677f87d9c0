"""What CloudTrail recorded of AssumeRoleWithWebIdentity: who called, through which provider, for which role."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from diagnostics.arn import RoleArn

_PROVIDER: Final = ":oidc-provider/"
_SUBJECT: Final = "system:serviceaccount:"
_LONGEST_RECORD: Final = 300_000
"""Characters; CloudTrail's own limit for an event is 256 kB."""
_LONGEST_NAME: Final = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityCall:
    """One call, as STS saw it; it says who called even where the call was refused.

    Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail", example of
    AssumeRoleWithWebIdentity: `userIdentity.principalId` is "provider:audience:subject".
    """

    event_id: str
    at: datetime
    region: str
    role_arn: str
    provider_arn: str
    audience: str
    subject: str
    """The `sub` claim, verbatim."""
    request_id: str | None = None
    error_code: str | None = None
    """None where the call succeeded."""

    @property
    def issuer(self) -> str:
        """Without scheme."""
        return self.provider_arn.partition(_PROVIDER)[2]

    @property
    def service_account(self) -> tuple[str, str] | None:
        """Namespace and name, where the subject is that of a service account."""
        namespace, colon, name = self.subject.removeprefix(_SUBJECT).partition(":")
        if not self.subject.startswith(_SUBJECT) or not colon:
            return None
        return (namespace, name) if _is_name(namespace) and _is_name(name) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityCalls:
    """The calls of an account in a region within a window of time, newest first."""

    items: tuple[WebIdentityCall, ...] = ()
    complete: bool = True
    """False: there were more than were read, older ones."""


def read_record(text: str) -> WebIdentityCall | None:
    """Read one CloudTrail record (the JSON text in `CloudTrailEvent`).

    None for records of anything else, for SAML and Cognito, and for what can't be read: a record is
    never the only source.

    The words of a refusal are of no use: CloudTrail writes "An unknown error occurred" whatever STS said.
    """
    if len(text) > _LONGEST_RECORD:
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    name, source = _text(record, "eventName"), _text(record, "eventSource")
    if name != "AssumeRoleWithWebIdentity" or source != "sts.amazonaws.com":
        return None
    role = _role(record)
    principal = _principal(record)
    at = _time(_text(record, "eventTime"))
    event_id = _text(record, "eventID")
    if role is None or principal is None or at is None or event_id is None:
        return None
    provider, audience, subject = principal
    return WebIdentityCall(
        event_id=event_id[:64],
        at=at,
        region=(_text(record, "awsRegion") or "")[:32],
        role_arn=role,
        provider_arn=provider,
        audience=audience,
        subject=subject,
        request_id=_text(record, "requestID"),
        error_code=_text(record, "errorCode"),
    )


def _role(record: object) -> str | None:
    stated = _text(_node(record, "requestParameters"), "roleArn")
    if stated is not None and RoleArn.parse(stated) is not None:
        return stated
    resources = _node(record, "resources")
    for resource in resources[:10] if isinstance(resources, list) else ():
        arn = _text(resource, "ARN")
        if arn is not None and RoleArn.parse(arn) is not None:
            return arn
    return None


def _principal(record: object) -> tuple[str, str, str] | None:
    """Provider, audience and subject.

    The provider's ARN holds colons, so the principal is cut where `identityProvider` ends; where that is
    missing, where the first service account's subject begins.
    """
    identity = _node(record, "userIdentity")
    principal = _text(identity, "principalId") or ""
    provider = _text(identity, "identityProvider") or ""
    subject = _text(identity, "userName") or ""
    rest = None
    if provider and principal.startswith(f"{provider}:"):
        rest = principal.removeprefix(f"{provider}:")
    elif f":{_SUBJECT}" in principal:
        before, _, after = principal.rpartition(f":{_SUBJECT}")
        provider, _, audience = before.rpartition(":")
        rest = f"{audience}:{_SUBJECT}{after}"
    if _PROVIDER not in provider:
        return None
    if rest is None:
        return (provider, "", subject) if subject else None
    if subject and rest.endswith(f":{subject}"):
        return provider, rest.removesuffix(f":{subject}"), subject
    audience, _, subject = rest.partition(":")
    return (provider, audience, subject) if subject else None


def _node(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _text(value: object, key: str) -> str | None:
    found = _node(value, key)
    return found if isinstance(found, str) and found else None


def _time(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _is_name(text: str) -> bool:
    return (
        0 < len(text) <= _LONGEST_NAME
        and text.isascii()
        and all(c.islower() or c.isdigit() or c in "-." for c in text)
        and text[0].isalnum()
        and text[-1].isalnum()
    )
