"""Single values as the fleet file writes them, each with what is said where it is none."""

from __future__ import annotations

import re
import ssl
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from bot.fleet_file.faults import shown, wrong
from bot.fleet_file.loopback import is_loopback
from diagnostics.arn import RoleArn
from diagnostics.document.tree import Scalar
from diagnostics.fix.plan import FixKind
from diagnostics.languages import Language

_ROLE_NAME = re.compile(r"(?:[\x21-\x7e]{1,511}/)?[\w+=,.@-]{1,64}", re.ASCII)


def _pattern(pattern: str, expected: str) -> AfterValidator:
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise wrong(f"{shown(value)} is not {expected}")
        return value

    return AfterValidator(check)


def _role(value: str) -> str:
    if value.startswith("arn:"):
        if RoleArn.parse(value) is None:
            raise wrong(
                f"{shown(value)} is not the ARN of an IAM role; expected "
                "arn:PARTITION:iam::ACCOUNT:role/NAME"
            )
    elif _ROLE_NAME.fullmatch(value.removeprefix("/")) is None:
        raise wrong(f"{shown(value)} is not a role name, path/name or role ARN")
    return value


def _role_name(value: str) -> str:
    if _ROLE_NAME.fullmatch(value.removeprefix("/")) is None or value.startswith("arn:"):
        raise wrong(f"{shown(value)} is not a role name or path/name")
    return value


def _role_arn(value: str) -> str:
    if RoleArn.parse(value) is None:
        raise wrong(
            f"{shown(value)} is not the ARN of an IAM role; expected arn:PARTITION:iam::ACCOUNT:role/NAME"
        )
    return value


def _endpoint(value: str) -> str:
    scheme = _url(value, ("https", "http"))
    if scheme == "http" and not is_loopback(value):
        raise wrong(
            "http:// would send the token in the clear; use https:// (http only on loopback)"
        )
    return value.rstrip("/")


def _proxy(value: str) -> str:
    _url(value, ("http", "https"), credentials=True)
    return value


def _issuer(value: str) -> str:
    _url(value, ("https",))
    return value


def _url(value: str, schemes: tuple[str, ...], *, credentials: bool = False) -> str:
    expected = " or ".join(f"{s}://HOST" for s in schemes)
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong(f"{shown(value)} is not a URL; expected {expected}") from None
    if parts.scheme not in schemes or not usable or re.search(r"[\s\x00-\x20]", value):
        raise wrong(f"{shown(value)} is not a URL of the form {expected}")
    if parts.username is not None and not credentials:
        raise wrong("user name and password do not belong into this URL")
    if parts.query or parts.fragment:
        raise wrong("a URL without ?query and #fragment is expected")
    return parts.scheme


def certificate(value: str) -> str:
    """Accept PEM text of one or more certificates.

    Raises:
        PydanticCustomError: It is anything else.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=value)
    except (ssl.SSLError, ValueError) as error:
        raise wrong(
            "not a PEM certificate; expected text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE----- "
            "(EKS gives it base64-encoded: decode it first)"
        ) from error
    return value


Role = Annotated[str, AfterValidator(_role)]
RoleArnText = Annotated[str, AfterValidator(_role_arn)]
RoleName = Annotated[str, AfterValidator(_role_name)]
EndpointUrl = Annotated[str, AfterValidator(_endpoint)]
ProxyUrl = Annotated[str, AfterValidator(_proxy)]
IssuerUrl = Annotated[str, AfterValidator(_issuer)]
Certificate = Annotated[str, AfterValidator(certificate)]
AccountId = Annotated[str, _pattern(r"\d{12}", "an account ID; expected 12 digits")]
Region = Annotated[
    str, _pattern(r"[a-z]{2,5}(-[a-z]{2,12}){1,2}-\d{1,2}", "an AWS region such as eu-west-1")
]
Alias = Annotated[
    str, _pattern(r"[A-Za-z0-9][\w.:/@-]{0,99}", "a name; expected letters, digits and . _ : / @ -")
]
Label = Annotated[
    str,
    _pattern(
        r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        "a namespace; expected at most 63 lower-case letters, digits and -",
    ),
]
ObjectName = Annotated[
    str,
    _pattern(
        r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
        "a Kubernetes name; expected lower-case letters, digits, - and .",
    ),
]
EksName = Annotated[
    str,
    _pattern(
        r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}",
        "the name of an EKS cluster; expected letters, digits, - and _",
    ),
]
ChannelId = Annotated[
    str,
    _pattern(
        r"[CGD][A-Z0-9]{2,20}", "a Slack channel ID; expected C… (channel details, at the end)"
    ),
]
UserId = Annotated[
    str,
    _pattern(r"[UW][A-Z0-9]{2,20}", "a Slack user ID; expected U… (profile, ⋮, Copy member ID)"),
]
GroupId = Annotated[str, _pattern(r"S[A-Z0-9]{2,20}", "the ID of a Slack user group; expected S…")]
BotId = Annotated[
    str, _pattern(r"[BA][A-Z0-9]{2,20}", "a Slack bot ID (B…) or app ID (A…), which do not change")
]
ExternalId = Annotated[
    str,
    _pattern(
        r"[\w+=,.@:/-]{2,1224}", "an external ID; expected 2 to 1,224 of A-Z a-z 0-9 _+=,.@:/-"
    ),
]


def _yes_or_no(value: object) -> object:
    if isinstance(value, bool):
        return value
    raw = value.text.lower() if isinstance(value, Scalar) else None
    if raw in ("true", "yes", "on"):
        return True
    if raw in ("false", "no", "off"):
        return False
    raise wrong("true or false is expected, without quotes")


def _fix_kind(value: str) -> str:
    if value not in tuple(FixKind):
        raise wrong(f"{shown(value)} is no kind of fix; known are {', '.join(FixKind)}")
    return value


def _approvals(value: int) -> int:
    if not 1 <= value <= MOST_APPROVALS:
        raise wrong(f"{value} is not a number of approvals; expected 1 to {MOST_APPROVALS}")
    return value


MOST_APPROVALS = 5
FixName = Annotated[
    str, AfterValidator(_fix_kind), Field(json_schema_extra={"enum": list(FixKind)})
]
Approvals = Annotated[int, AfterValidator(_approvals)]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]


def _language(value: str) -> str:
    if value not in tuple(Language):
        raise wrong(f"{shown(value)} is no language of ours; known are {', '.join(Language)}")
    return value


LanguageName = Annotated[
    str, AfterValidator(_language), Field(json_schema_extra={"enum": list(Language)})
]
SomeClusters = Annotated[tuple[str, ...] | None, Field(description="Absent: every cluster.")]
SomeNamespaces = Annotated[tuple[Label, ...] | None, Field(description="Absent: every namespace.")]
SomeFixes = Annotated[
    tuple[FixName, ...] | None, Field(description="Kinds of fixes. Absent: every kind.")
]
