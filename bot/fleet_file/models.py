"""The fleet file, version 1, as it is written. The JSON schema is made from these models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.fleet_file.times import (
    ClockTime,  # noqa: TC001  pydantic reads the annotations
    CronLine,  # noqa: TC001  as above
    Date,  # noqa: TC001  as above
    Day,  # noqa: TC001  as above
    Moment,  # noqa: TC001  as above
    ZoneName,  # noqa: TC001  as above
)
from bot.fleet_file.values import (
    MOST_APPROVALS,
    AccountId,
    Alias,
    Approvals,
    BotId,
    Certificate,
    ChannelId,
    EksName,
    EndpointUrl,
    ExternalId,
    GroupId,
    IssuerUrl,
    Label,
    LanguageName,
    ObjectName,
    ProxyUrl,
    Region,
    Role,
    RoleArnText,
    RoleName,
    SomeClusters,
    SomeFixes,
    SomeNamespaces,
    UserId,
    YesNo,
)


class Entry(BaseModel):
    """What all entries have in common: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AccountEntry(Entry):
    """An AWS account."""

    id: AccountId = Field(description="12 digits, in quotes.")
    name: Alias | None = Field(default=None, description="What people call it. Default: the ID.")
    read_role: Role | None = Field(
        default=None,
        description="Role that diagnosis assumes: name, path/name or ARN. "
        "Absent: the bot's own credentials are used as they are.",
    )
    fix_role: Role | None = Field(
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
    proof_role: Role | None = Field(
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
    endpoint: EndpointUrl | None = Field(
        default=None, description="URL of the API server, in place of eks:DescribeCluster."
    )
    ca: Certificate | None = Field(
        default=None, description="PEM text of the API server's certificate authority."
    )
    ca_file: str | None = Field(
        default=None, description="File with that PEM text; relative to the fleet file."
    )
    proxy_url: ProxyUrl | None = Field(
        default=None, description="HTTP proxy on the way to the API server."
    )
    kubeconfig: str | None = Field(default=None, description="Path of a kubeconfig file.")
    context: str | None = Field(
        default=None, description="Context in it. Default: its current one."
    )
    issuer: IssuerUrl | None = Field(
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
    clusters: SomeClusters = None
    namespaces: SomeNamespaces = None
    fixes: SomeFixes = None
    channels: tuple[ChannelId, ...] | None = Field(
        default=None,
        description="Channels in which they may approve. Absent: every channel of this workspace alone.",
    )
    approvals: Approvals = Field(
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
    clusters: SomeClusters = None
    namespaces: SomeNamespaces = None
    fixes: SomeFixes = None


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
    role_arn: RoleArnText


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
    hub_role: RoleArnText | None = Field(
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
    organization_role: RoleName | None = Field(
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
