"""The fleet file as the process uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.fleet import Fleet, Hints
from diagnostics.languages import Language

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from bot.fleet_file.freezes import Freeze, WeeklyFreeze
    from diagnostics.fix.plan import FixKind
    from handlers.reach import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a Slack channel means where a message names nothing."""

    id: str
    cluster: str | None = None
    namespace: str | None = None
    language: Language | None = None
    """Of the replies there; None: the file's."""

    @property
    def hints(self) -> Hints:
        """Its defaults, as the engine takes them."""
        return Hints(cluster=self.cluster, namespace=self.namespace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """People who may press Apply and Restart, and where."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    """IDs of Slack user groups."""
    clusters: frozenset[str] | None = None
    """None: every cluster."""
    namespaces: frozenset[str] | None = None
    """None: every namespace."""
    fixes: frozenset[FixKind] | None = None
    """None: every kind of fix."""
    channels: frozenset[str] | None = None
    """Channels in which they may; None: every channel that is not shared."""
    approvals: int = 1
    """How many different people must approve."""
    own_requests: bool = True
    """Whether who asked for a fix may be one of those who approve it."""

    def covers(self, *, cluster: str, namespace: str, kind: FixKind | None = None) -> bool:
        """Whether this entry is about a kind of fix in a namespace of a cluster; None: any kind."""
        return (
            (self.clusters is None or cluster in self.clusters)
            and (self.namespaces is None or namespace in self.namespaces)
            and (self.fixes is None or kind is None or kind in self.fixes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads some accounts and clusters, and where."""

    scope: Scope
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    """IDs of Slack user groups; with no users either: everybody."""
    channels: frozenset[str] | None = None
    """Channels in which they are read; None: in every one."""
    only: bool = False
    """Whether these channels and people read nothing else, in place of nobody else reading this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """When the fleet is swept by itself."""

    channel: str
    schedule: str
    """As cron writes it."""
    zone: ZoneInfo
    quiet: bool = True
    """Whether nothing is said where nothing is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFile:
    """The whole file, validated."""

    fleet: Fleet
    channels: tuple[Channel, ...] = ()
    language: Language = Language.ENGLISH
    """Of the replies in channels that name none."""
    alert_bots: frozenset[str] = frozenset()
    """Bot IDs and app IDs whose messages are read as alerts."""
    approvers: tuple[Approver, ...] = field(default=())
    freezes: tuple[Freeze | WeeklyFreeze, ...] = ()
    readers: tuple[Reader, ...] = ()
    """None: whoever is in an internal channel reads everything there."""
    audit_channel: str | None = None
    """Where every entry of the audit trail is posted."""
    sweep: SweepPlan | None = None
    named_files: tuple[Path, ...] = ()
    """The other files that were read for it: certificate authorities."""

    @property
    def trouble(self) -> str | None:
        """Nothing keeps a file that was read from being used; see `handlers.rules.Rules`."""
        return None

    def channel_hints(self, channel_id: str) -> Hints:
        """Return the defaults of a channel; empty ones where the file does not name it."""
        return next((c.hints for c in self.channels if c.id == channel_id), Hints())

    def language_of(self, channel_id: str) -> Language:
        """Return the language of a channel's replies."""
        own = next((c.language for c in self.channels if c.id == channel_id), None)
        return own or self.language

    def approvers_of(
        self, *, cluster: str, namespace: str, kind: FixKind | None = None
    ) -> tuple[Approver, ...]:
        """Return the entries that cover a fix; nobody may approve where there is none."""
        return tuple(
            a for a in self.approvers if a.covers(cluster=cluster, namespace=namespace, kind=kind)
        )

    def frozen(self, *, at: datetime, cluster: str, namespace: str, kind: FixKind) -> Freeze | None:
        """Return the freeze that forbids a fix at a time: the one that ends last."""
        holding = (
            held
            for f in self.freezes
            if f.covers(cluster=cluster, namespace=namespace, kind=kind)
            and (held := f.at(at)) is not None
        )
        return max(holding, key=lambda f: f.until, default=None)
