"""Everything that a job may use, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.live.attached import Attached
from bot.sweep.attached import AttachedSweeping

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.audit import AuditTrail
    from bot.preflight.walker import Walker
    from bot.slack.replies import Replies
    from bot.store import Store
    from bot.telemetry import Telemetry
    from diagnostics.clients import Clients
    from handlers.access import Access
    from handlers.desk import Me
    from handlers.people import Directory
    from handlers.ports import Clock
    from handlers.rules import Rules
    from handlers.shared_channels import SharedChannels


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the jobs work with."""

    me: Me
    store: Store
    io: Clients
    client: AsyncWebClient
    replies: Replies
    directory: Directory
    shared: SharedChannels
    rules: Rules
    access: Access
    audit: AuditTrail
    telemetry: Telemetry
    http: Callable[[], aiohttp.ClientSession]
    """The session for downloads from Slack."""
    now: Clock
    deadline: float = 25.0
    """Seconds for one diagnosis."""
    follow: tuple[float, ...] = (2.0, 3.0, 5.0, 10.0, 15.0, 20.0)
    """Pauses between two looks at the pods after a restart, in seconds."""
    watch: tuple[float, ...] = ()
    """Pauses before each look at an incident whose cause stands, in seconds; none: it is not looked at again."""
    links: str | None = None
    """Address below which links to incidents begin."""
    sweeps: AttachedSweeping = field(default_factory=AttachedSweeping)
    """What the fleet is swept with; it comes with the clients."""
    preflights: Attached[Walker] = field(default_factory=Attached)
    """What walks the fleet file in use."""
