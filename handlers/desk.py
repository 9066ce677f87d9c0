"""Everything that a listener may use, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from diagnostics.fleet import Fleet
    from handlers.access import Access
    from handlers.mutes import Mutes
    from handlers.ports import Audit, Inbox, Incidents, Meter, Plans
    from handlers.preflights import Preflights
    from handlers.rules import Rules
    from handlers.shared_channels import SharedChannels


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who we are in the workspace, as `auth.test` says."""

    team: str
    user: str
    bot: str | None
    workspace: str | None = None
    """The workspace's address, such as https://example.slack.com/."""

    @property
    def mention(self) -> str:
        """How a message addresses us."""
        return f"<@{self.user}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the listeners work with."""

    me: Me
    inbox: Inbox
    incidents: Incidents
    plans: Plans
    mutes: Mutes
    audit: Audit
    access: Access
    shared: SharedChannels
    rules: Rules
    meter: Meter
    preflights: Preflights
    not_readable: Callable[[Fleet], Awaitable[Sequence[str]]]
    """What of a fleet could not be read when last tried, with the reason."""
