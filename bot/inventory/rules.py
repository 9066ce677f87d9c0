"""The fleet file's rules beside the fleet as it is known by now: what the inventory found counts everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from diagnostics.fix.plan import FixKind
    from diagnostics.fleet import Fleet, Hints
    from diagnostics.languages import Language
    from handlers.rules import Approver, Freeze, Reader, Rules


class KnowsFleet(Protocol):
    """Whoever the inventory tells what it found."""

    @property
    def fleet(self) -> Fleet:
        """The fleet file's clusters, and those that were found beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRules:
    """Fulfils `handlers.rules.Rules`: people and channels as the file says, clusters as the clients know them."""

    file: Rules
    known: KnowsFleet

    @property
    def fleet(self) -> Fleet:
        """Accounts and clusters, discovered ones among them."""
        return self.known.fleet

    @property
    def approvers(self) -> Sequence[Approver]:
        """Everybody who may approve something."""
        return self.file.approvers

    @property
    def readers(self) -> Sequence[Reader]:
        """Who reads what."""
        return self.file.readers

    @property
    def audit_channel(self) -> str | None:
        """Where every entry of the audit trail is posted."""
        return self.file.audit_channel

    @property
    def alert_bots(self) -> frozenset[str]:
        """Bot and app IDs whose messages are read."""
        return self.file.alert_bots

    @property
    def trouble(self) -> str | None:
        """Why a newer fleet file is not in use, as a clause; None where the newest one is."""
        return self.file.trouble

    def channel_hints(self, channel_id: str) -> Hints:
        """A channel's defaults."""
        return self.file.channel_hints(channel_id)

    def language_of(self, channel_id: str) -> Language:
        """The language of a channel's replies."""
        return self.file.language_of(channel_id)

    def approvers_of(
        self, *, cluster: str, namespace: str, kind: FixKind | None = None
    ) -> Sequence[Approver]:
        """Who may change something there."""
        return self.file.approvers_of(cluster=cluster, namespace=namespace, kind=kind)

    def frozen(self, *, at: datetime, cluster: str, namespace: str, kind: FixKind) -> Freeze | None:
        """The freeze that forbids a fix at a time, if one does."""
        return self.file.frozen(at=at, cluster=cluster, namespace=namespace, kind=kind)
