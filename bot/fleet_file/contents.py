"""The fleet file as the process uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.fleet import Fleet, Hints

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a Slack channel means where a message names nothing."""

    id: str
    cluster: str | None = None
    namespace: str | None = None

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

    def covers(self, *, cluster: str, namespace: str) -> bool:
        """Whether this entry is about a namespace of a cluster."""
        return (self.clusters is None or cluster in self.clusters) and (
            self.namespaces is None or namespace in self.namespaces
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFile:
    """The whole file, validated."""

    fleet: Fleet
    channels: tuple[Channel, ...] = ()
    alert_bots: frozenset[str] = frozenset()
    """Bot IDs and app IDs whose messages are read as alerts."""
    approvers: tuple[Approver, ...] = field(default=())

    def channel_hints(self, channel_id: str) -> Hints:
        """Return the defaults of a channel; empty ones where the file does not name it."""
        return next((c.hints for c in self.channels if c.id == channel_id), Hints())

    def approvers_of(self, *, cluster: str, namespace: str) -> tuple[Approver, ...]:
        """Return the entries that cover a namespace of a cluster; nobody may approve where there is none."""
        return tuple(a for a in self.approvers if a.covers(cluster=cluster, namespace=namespace))

    def may_approve(
        self, *, user: str, groups: Collection[str], cluster: str, namespace: str
    ) -> bool:
        """Whether a person, given the user groups they are in, may approve a fix there."""
        return any(
            user in a.users or not a.groups.isdisjoint(groups)
            for a in self.approvers_of(cluster=cluster, namespace=namespace)
        )
