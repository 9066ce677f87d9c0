"""What the fleet file says of people, channels and times, as the handlers ask for it; `bot` fulfils it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from diagnostics.fix.kind import FixKind
    from diagnostics.fleet import Fleet, Hints
    from diagnostics.languages import Language
    from handlers.reach import Scope


class Approver(Protocol):
    """People who may approve fixes, and what that takes."""

    @property
    def users(self) -> frozenset[str]:
        """Slack user IDs."""

    @property
    def groups(self) -> frozenset[str]:
        """IDs of Slack user groups."""

    @property
    def clusters(self) -> frozenset[str] | None:
        """Where they may; None: in every cluster."""

    @property
    def namespaces(self) -> frozenset[str] | None:
        """None: in every namespace."""

    @property
    def channels(self) -> frozenset[str] | None:
        """Channels in which they may; None: all."""

    @property
    def approvals(self) -> int:
        """How many different people must approve."""

    @property
    def own_requests(self) -> bool:
        """Whether who asked may be one of them."""


class Reader(Protocol):
    """Who reads some accounts and clusters, and where."""

    @property
    def scope(self) -> Scope:
        """The accounts and clusters."""

    @property
    def users(self) -> frozenset[str]:
        """Slack user IDs."""

    @property
    def groups(self) -> frozenset[str]:
        """IDs of Slack user groups; with no users either: everybody."""

    @property
    def channels(self) -> frozenset[str] | None:
        """Channels in which they are read; None: in every one."""

    @property
    def only(self) -> bool:
        """Whether these channels and people read nothing else, in place of nobody else reading this."""


class Freeze(Protocol):
    """A time in which nothing is changed."""

    @property
    def name(self) -> str:
        """As in "Year end"."""

    @property
    def until(self) -> datetime:
        """The first moment after it."""


class Rules(Protocol):
    """What the fleet file says about people and channels."""

    @property
    def fleet(self) -> Fleet:
        """Accounts and clusters."""

    @property
    def approvers(self) -> Sequence[Approver]:
        """Everybody who may approve something."""

    @property
    def readers(self) -> Sequence[Reader]:
        """Who reads what; none: everybody in an internal channel reads everything there."""

    @property
    def audit_channel(self) -> str | None:
        """Where every entry of the audit trail is posted."""

    @property
    def alert_bots(self) -> frozenset[str]:
        """Bot and app IDs whose messages are read."""

    @property
    def trouble(self) -> str | None:
        """Why a newer fleet file is not in use, as a clause; None where the newest one is."""

    def channel_hints(self, channel_id: str) -> Hints:
        """A channel's defaults."""

    def language_of(self, channel_id: str) -> Language:
        """The language of a channel's replies."""

    def approvers_of(
        self, *, cluster: str, namespace: str, kind: FixKind | None = None
    ) -> Sequence[Approver]:
        """Who may change something there."""

    def frozen(self, *, at: datetime, cluster: str, namespace: str, kind: FixKind) -> Freeze | None:
        """The freeze that forbids a fix at a time, if one does."""
