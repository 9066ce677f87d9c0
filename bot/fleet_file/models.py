"""The fleet file, version 1, as it is written. The JSON schema is made from these models."""

from __future__ import annotations

import re
import ssl
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.fleet_file.faults import shown, wrong
from bot.fleet_file.loopback import is_loopback
from bot.fleet_file.times import (
    ClockTime,  # noqa: TC001  pydantic reads the annotations
    CronLine,  # noqa: TC001  as above
    Date,  # noqa: TC001  as above
    Day,  # noqa: TC001  as above
    Moment,  # noqa: TC001  as above
    ZoneName,  # noqa: TC001  as above
)
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
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]


class Entry(BaseModel):
    """What all entries have in common: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AccountEntry(Entry):
    """An AWS account."""

    id: AccountId = Field(description="12 digits, in quotes.")
    name: Alias | None = Field(default=None, description="What people call it. Default: the ID.")
    read_role: Annotated[str, AfterValidator(_role)] | None = Field(
        default=None,
        description="Role that diagnosis assumes: name, path/name or ARN. "
        "Absent: the bot's own credentials are used as they are.",
    )
    fix_role: Annotated[str, AfterValidator(_role)] | None = Field(
        default=None,
        description="Role that only an approved fix assumes. Absent: nothing is changed.",
    )
    external_id: ExternalId | None = Field(
        default=None, description="sts:ExternalId that both roles ask for."
    )
    allow_trust_policy_fix: YesNo = Field(
        default=False,
        description="Whether an approved fix may write the trust policies of this account's roles.",
    )
    allow_provider_fix: YesNo = Field(
        default=False,
        description="Whether an approved fix may create this account's OIDC providers and add client IDs to them.",
    )
    proof_role: Annotated[str, AfterValidator(_role)] | None = Field(
        default=None,
        description="Role that only a proof at STS assumes, in clusters with `proof: true`. It needs no IAM "
        "permission; its Kubernetes group may create serviceaccounts/token.",
    )
    regions: tuple[Region, ...] = Field(
        default=(),
        description="Regions in which EKS is asked for clusters that this file does not name, beside those of "
        "the account's clusters below.",
    )


class ClusterEntry(Entry):
    """A Kubernetes cluster."""

    name: Alias = Field(description="The alias people use; unique.")
    account: str = Field(description="ID or name of an account above.")
    region: Region = Field(description="AWS region.")
    eks_name: EksName | None = Field(default=None, description="Name in EKS. Default: the alias.")
    endpoint: Annotated[str, AfterValidator(_endpoint)] | None = Field(
        default=None, description="URL of the API server, in place of eks:DescribeCluster."
    )
    ca: Annotated[str, AfterValidator(certificate)] | None = Field(
        default=None, description="PEM text of the API server's certificate authority."
    )
    ca_file: str | None = Field(
        default=None, description="File with that PEM text; relative to the fleet file."
    )
    proxy_url: Annotated[str, AfterValidator(_proxy)] | None = Field(
        default=None, description="HTTP proxy on the way to the API server."
    )
    kubeconfig: str | None = Field(default=None, description="Path of a kubeconfig file.")
    context: str | None = Field(
        default=None, description="Context in it. Default: its current one."
    )
    issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        default=None, description="OIDC issuer URL, where EKS can't be asked for it."
    )
    proof: YesNo = Field(
        default=False,
        description="Whether STS may be asked with short tokens of this cluster's service accounts; needs the "
        "account's proof_role.",
    )
    proof_pod: YesNo = Field(
        default=False,
        description="Whether a proof also creates a pod as a server-side dry run, to see the webhook act.",
    )
    events: YesNo = Field(
        default=False,
        description="Whether an applied fix leaves a Kubernetes event on the object, naming who approved it.",
    )


def _language(value: str) -> str:
    if value not in tuple(Language):
        raise wrong(f"{shown(value)} is no language of ours; known are {', '.join(Language)}")
    return value


LanguageName = Annotated[
    str, AfterValidator(_language), Field(json_schema_extra={"enum": list(Language)})
]


class ChannelEntry(Entry):
    """What a Slack channel means where a message names nothing."""

    id: ChannelId
    cluster: str | None = Field(default=None, description="Alias of a cluster above.")
    namespace: Label | None = None
    language: LanguageName | None = Field(
        default=None, description="Language of the replies there. Default: that of the file."
    )


class ApproverEntry(Entry):
    """People who may approve fixes, where, and how many of them it takes.

    The strictest of the entries that cover a fix decides how many approvals it needs and whether who asked
    for it may be one of them; the people of all of them may approve.
    """

    users: tuple[UserId, ...] = ()
    groups: tuple[GroupId, ...] = Field(default=(), description="Slack user groups.")
    clusters: tuple[str, ...] | None = Field(default=None, description="Absent: every cluster.")
    namespaces: tuple[Label, ...] | None = Field(
        default=None, description="Absent: every namespace."
    )
    fixes: tuple[FixName, ...] | None = Field(
        default=None, description="Kinds of fixes. Absent: every kind."
    )
    channels: tuple[ChannelId, ...] | None = Field(
        default=None,
        description="Channels in which they may approve. Absent: every channel of this workspace alone.",
    )
    approvals: Annotated[int, AfterValidator(_approvals)] = Field(
        default=1,
        description="How many different people must approve, 1 to 5.",
        json_schema_extra={"minimum": 1, "maximum": MOST_APPROVALS},
    )
    own_requests: YesNo = Field(
        default=True, description="Whether who asked for a fix may be one of those who approve it."
    )


class FreezeEntry(Entry):
    """A time in which nothing is changed from chat: once (`since`, `until`), or every week (`from`, `to`)."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="What people read who try: the name of the freeze."
    )
    since: Moment | None = Field(
        default=None, description="Its first moment, with a zone: 2026-12-20T18:00:00+01:00."
    )
    until: Moment | None = Field(default=None, description="The first moment after it.")
    days: tuple[Day, ...] | None = Field(
        default=None,
        description="Days on which it begins, each by itself. Absent: every day, or the one that `from` names.",
    )
    from_: ClockTime | None = Field(
        default=None,
        alias="from",
        description='When it begins: "16:00" on each of the days, or "fri 16:00" once a week.',
    )
    to: ClockTime | None = Field(
        default=None,
        description='When it ends: "08:00", of the next day where that is not later; or "mon 08:00".',
    )
    timezone: ZoneName | None = Field(
        default=None, description="Whose clock: Europe/Berlin. Required beside `from` and `to`."
    )
    except_: tuple[Date, ...] = Field(
        default=(),
        alias="except",
        description="Days of that zone on which it does not hold: 2026-12-24.",
    )
    clusters: tuple[str, ...] | None = Field(default=None, description="Absent: every cluster.")
    namespaces: tuple[Label, ...] | None = Field(
        default=None, description="Absent: every namespace."
    )
    fixes: tuple[FixName, ...] | None = Field(
        default=None, description="Kinds of fixes. Absent: every kind."
    )


class ReaderEntry(Entry):
    """Who reads some accounts and clusters, and where.

    Nobody else reads them then. With `only: true` it is the other way around: its channels and people read nothing
    else. Several entries for one account or cluster add up.
    """

    accounts: tuple[str, ...] = Field(
        default=(), description="IDs or names of accounts above, with all of their clusters."
    )
    clusters: tuple[str, ...] = Field(default=(), description="Aliases of clusters above.")
    channels: tuple[ChannelId, ...] = Field(
        default=(), description="Channels in which they are read. Absent: in every channel."
    )
    users: tuple[UserId, ...] = Field(
        default=(), description="People who read them. Neither users nor groups: everybody."
    )
    groups: tuple[GroupId, ...] = Field(default=(), description="Slack user groups.")
    only: YesNo = Field(
        default=False, description="Whether these channels and people read nothing else."
    )


class BindingEntry(Entry):
    """The role that a service account is meant to have."""

    cluster: str
    namespace: Label
    service_account: ObjectName
    role_arn: Annotated[str, AfterValidator(_role_arn)]


class SweepEntry(Entry):
    """When the whole fleet is swept, and where what is new is told."""

    channel: ChannelId = Field(description="Channel that is told what is new since the last time.")
    schedule: CronLine = Field(
        description="When, as cron writes it: minute, hour, day of month, month, day of week."
    )
    timezone: ZoneName = Field(
        default="UTC", description="Zone of the schedule, such as Europe/Berlin."
    )
    quiet: YesNo = Field(
        default=True, description="Whether nothing is said where nothing is new; false: one line."
    )


class FleetDocument(Entry):
    """The accounts and clusters that irsa-doctor may read, and who may approve fixes."""

    version: Literal[1]
    hub_role: Annotated[str, AfterValidator(_role_arn)] | None = Field(
        default=None,
        description="ARN of a role that the bot assumes before the roles of the accounts, which trust this one only.",
    )
    hub_external_id: ExternalId | None = Field(
        default=None, description="sts:ExternalId that the hub role asks for."
    )
    organization: YesNo = Field(
        default=False,
        description="Whether the bot's own credentials are of the organization's management account or of a delegated "
        "administrator, may read its resource control policies, and list its accounts, "
        "in which clusters are looked for.",
    )
    organization_role: Annotated[str, AfterValidator(_role_name)] | None = Field(
        default=None,
        description="Name, or path/name, of the read role in the organization's accounts that are not listed here. "
        "Default: the one name that the read roles of the accounts below have.",
    )
    accounts: tuple[AccountEntry, ...] = Field(json_schema_extra={"minItems": 1})
    clusters: tuple[ClusterEntry, ...] = Field(json_schema_extra={"minItems": 1})
    channels: tuple[ChannelEntry, ...] = ()
    language: LanguageName = Field(
        default="en",
        description="Language of the replies in channels; what one person alone sees is in their own.",
    )
    alert_bots: tuple[BotId, ...] = ()
    approvers: tuple[ApproverEntry, ...] = ()
    freezes: tuple[FreezeEntry, ...] = ()
    readers: tuple[ReaderEntry, ...] = ()
    audit_channel: ChannelId | None = Field(
        default=None, description="Channel in which every entry of the audit trail is posted."
    )
    bindings: tuple[BindingEntry, ...] = ()
    sweep: SweepEntry | None = None


SECTIONS: dict[str, type[Entry]] = {
    "accounts": AccountEntry,
    "clusters": ClusterEntry,
    "channels": ChannelEntry,
    "approvers": ApproverEntry,
    "freezes": FreezeEntry,
    "readers": ReaderEntry,
    "bindings": BindingEntry,
    "sweep": SweepEntry,
}
