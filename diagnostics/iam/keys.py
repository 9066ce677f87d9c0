"""The condition keys that a call of sts:AssumeRoleWithWebIdentity carries.

Source: IAM User Guide, "IAM and AWS STS condition context keys" and "AWS global condition context keys".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from diagnostics.arn import account_of
from diagnostics.iam.request import ASSUME_ROLE_WITH_WEB_IDENTITY

if TYPE_CHECKING:
    from diagnostics.iam.request import WebIdentityRequest

TAGS_CLAIM: Final = "https://aws.amazon.com/tags"
SOURCE_IDENTITY_CLAIM: Final = "https://aws.amazon.com/source_identity"
TAG_SESSION: Final = "sts:TagSession"
SET_SOURCE_IDENTITY: Final = "sts:SetSourceIdentity"
ACTIONS: Final = (ASSUME_ROLE_WITH_WEB_IDENTITY, TAG_SESSION, SET_SOURCE_IDENTITY)

ALWAYS_CARRIED: Final = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:requestedregion",
        "aws:securetransport",
        "sts:rolesessionname",
    }
)
"""Keys with a value in every call, whatever it is."""

KNOWN_TO_STS: Final = ALWAYS_CARRIED | {
    "aws:useragent",
    "aws:referer",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "sts:durationseconds",
}
"""Keys whose value STS knows of the call itself, and nobody else."""

NEVER_CARRIED: Final = frozenset(
    {
        "sts:externalid",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principaltype",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:userid",
        "aws:username",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceidentity",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:federatedprovider",
        "aws:tokenissuetime",
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:viaawsservice",
        "aws:ec2instancesourcevpc",
        "aws:ec2instancesourceprivateipv4",
    }
)
"""Known keys that belong to signed calls, sessions or services; this call is unsigned."""

ROLE_TAGS: Final = ("aws:resourcetag/", "iam:resourcetag/")
"""Beginnings of the keys of the role's own tags: the role is the resource of the call.

Source: Service Authorization Reference, AWS STS: AssumeRoleWithWebIdentity has the resource type `role*`, whose
condition keys these are.
"""

_ROLE_ACCOUNT: Final = "aws:resourceaccount"
_ROLE_PLACE: Final = frozenset({_ROLE_ACCOUNT, "aws:resourceorgid", "aws:resourceorgpaths"})
"""Keys of where the role is: always in the call, or always in it where the account is in an organization."""

ISSUER_CLAIMS: Final = ("sub", "aud", "oaud", "amr", "email")
"""Claims that IAM offers as `<issuer>:<claim>` for an issuer that AWS does not list by name."""

_COMMON: Final = frozenset({"iss", "sub", "aud"})
"""Claims that need no further look; few tokens carry others that IAM reads."""

_ABSENT: Final[tuple[str, ...]] = ()


@dataclass(slots=True)
class Keys:
    """Condition keys and their values, by lower-case name."""

    values: dict[str, tuple[str, ...]]
    open: bool
    tags_known: bool = False
    """Whether `values` has all tags of the role."""

    def unknown(self, name: str) -> bool:
        """Whether STS knows a value, or that there is none, and we do not."""
        if name in self.values:
            return False
        if name.startswith(ROLE_TAGS):
            return not self.tags_known
        return name in _ROLE_PLACE or (self.open and name in KNOWN_TO_STS)


def of_the_role(name: str) -> bool:
    """Whether a key (lower case) is about the role itself: a tag of it, its account or organization."""
    return name in _ROLE_PLACE or name.startswith(ROLE_TAGS)


def role_tag(key: str) -> str | None:
    """The tag of the role that a key speaks of, as written; None where it speaks of none."""
    return key.partition("/")[2] if key.lower().startswith(ROLE_TAGS) else None


@lru_cache(maxsize=4096)
def issuer_of(provider_arn: str) -> str:
    """The issuer in a provider's ARN, without scheme; the whole text where it is no such ARN."""
    return provider_arn.partition(":oidc-provider/")[2] or provider_arn


@lru_cache(maxsize=4096)
def _issuer_keys(provider_arn: str) -> tuple[str, str, str, str, str]:
    issuer = issuer_of(provider_arn).lower()
    sub, aud, oaud, amr, email = (f"{issuer}:{claim}" for claim in ISSUER_CLAIMS)
    return sub, aud, oaud, amr, email


def texts(value: object) -> tuple[str, ...]:
    """The strings of a claim or context value; anything else counts as absent."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, int | float):
        return (str(value),)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return tuple(
            text for item in value if not isinstance(item, list | tuple) for text in texts(item)
        )
    return _ABSENT


def keys_of(request: WebIdentityRequest) -> Keys:
    """Every condition key of the call, with its values."""
    sub, aud, oaud, amr, email = _issuer_keys(request.provider_arn)
    claims = request.claims
    values: dict[str, tuple[str, ...]] = {}
    subject = claims.get("sub")
    if isinstance(subject, str):
        values[sub] = (subject,)
    audience = claims.get("aud")
    party = claims.get("azp")
    if isinstance(party, str):
        values[aud] = (party,)
        values[oaud] = texts(audience)
    elif isinstance(audience, str):
        values[aud] = (audience,)
    elif isinstance(audience, list) and len(audience) == 1 and isinstance(audience[0], str):
        values[aud] = (audience[0],)
    elif audience is not None:
        values[aud] = texts(audience)
    if request.session_name is not None:
        values["sts:rolesessionname"] = (request.session_name,)
    if not claims.keys() <= _COMMON:
        _rare(claims, values, amr, email)
    _of_role(request, values)
    if request.open_context:
        values["aws:securetransport"] = ("true",)  # STS answers over HTTPS alone.
    if request.context:
        values.update((name.lower(), texts(value)) for name, value in request.context.items())
    return Keys(values, request.open_context, tags_known=request.role_tags is not None)


def _of_role(request: WebIdentityRequest, values: dict[str, tuple[str, ...]]) -> None:
    if (account := account_of(request.role_arn)) is not None:
        values[_ROLE_ACCOUNT] = (account,)
    for tag, value in (request.role_tags or {}).items():
        values.update((prefix + tag.lower(), (value,)) for prefix in ROLE_TAGS)


def _rare(
    claims: Mapping[str, object], values: dict[str, tuple[str, ...]], amr: str, email: str
) -> None:
    if "amr" in claims:
        values[amr] = texts(claims["amr"])
    if isinstance(claims.get("email"), str):
        values[email] = texts(claims["email"])
    identity = claims.get(SOURCE_IDENTITY_CLAIM)
    if isinstance(identity, str):
        values["sts:sourceidentity"] = (identity,)
    tags = claims.get(TAGS_CLAIM)
    if isinstance(tags, Mapping):
        principal = tags.get("principal_tags")
        if isinstance(principal, Mapping):
            for name, value in principal.items():
                values[f"aws:requesttag/{str(name).lower()}"] = texts(value)
            values["aws:tagkeys"] = tuple(str(name) for name in principal)
        transitive = texts(tags.get("transitive_tag_keys"))
        if transitive:
            values["sts:transitivetagkeys"] = transitive


def actions_of(request: WebIdentityRequest) -> tuple[str, ...]:
    """The actions that must all be allowed: tags and a source identity in the token need their own.

    Source: IAM User Guide, "Passing session tags in AWS STS" and "Monitor … actions taken with assumed roles".
    """
    if (
        request.claims.keys() <= _COMMON
        or request.action.lower() != ASSUME_ROLE_WITH_WEB_IDENTITY.lower()
    ):
        return (request.action,)
    extra = [
        action
        for claim, action in (
            (TAGS_CLAIM, TAG_SESSION),
            (SOURCE_IDENTITY_CLAIM, SET_SOURCE_IDENTITY),
        )
        if claim in request.claims
    ]
    return (ASSUME_ROLE_WITH_WEB_IDENTITY, *extra) if extra else (ASSUME_ROLE_WITH_WEB_IDENTITY,)
