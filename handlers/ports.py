"""What the handlers ask of the process: records, and work to be done later. `bot` fulfils these."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from diagnostics.case import Case
    from diagnostics.fleet import Hints
    from handlers.incident import Incident, Plan, Spot


class Task(StrEnum):
    """What can be asked of the jobs."""

    DIAGNOSE = "diagnose"
    """Diagnose the incident's cases and show the reply."""
    SHOW = "show"
    """Show the reply again, as after the same failure was pasted once more."""
    RECHECK = "recheck"
    WATCH = "watch"
    """Look again whether an incident has healed, without a word while it has not."""
    SUMMARY = "summary"
    """Sum an incident up in its thread."""
    APPLY = "apply"
    REQUEST = "request"
    """Ask the approvers in the thread, or show there what became of the request."""
    READ_THREAD = "read_thread"
    """Look for a failure in the thread in which the app was mentioned."""
    READ_FILES = "read_files"
    EVIDENCE = "evidence"
    """Go on with output of read-only commands that somebody pasted in the incident's thread."""
    WARN = "warn"
    """Tell somebody privately that their message holds a secret."""
    HELP = "help"
    HOME = "home"
    INCIDENT = "incident"
    """Tell who asked about the incident that they name by its ID."""
    UNFURL = "unfurl"
    """Show previews of links to incidents."""
    HELLO = "hello"
    """Say hello in a channel into which we were invited."""
    SWEEP = "sweep"
    """Sweep the whole fleet, or show the last sweep."""
    PREFLIGHT = "preflight"
    """Try what the bot may read and change, in each account and cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One piece of work, small enough to be kept in the store."""

    task: Task
    incident_id: str | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    """JSON values only."""
    urgent: bool = True
    """Somebody waits for it; automatic work is what is dropped when too much waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paste:
    """Failures that were found in one message."""

    event_id: str | None
    """Of the delivery that brought it; None where Slack gives none."""
    spot: Spot
    ts: str
    """The message that holds them."""
    by: str | None
    asked: bool
    """Somebody addressed the bot; otherwise it speaks up by itself."""
    cases: tuple[Case, ...]
    """Each with its symptom."""
    response_url: str | None = None
    shared: bool = False
    secrets: tuple[str, ...] = ()
    """Kinds of secrets in the message, of which its author is told privately."""


class Recorded(StrEnum):
    """What became of a delivery."""

    STARTED = "started"
    SEEN_AGAIN = "seen_again"
    """The thread has a reply for it already, which will say so."""
    DUPLICATE = "duplicate"
    CAPPED = "capped"
    """Too many automatic replies in this thread or channel within the hour."""
    MUTED = "muted"
    """The channel wants quiet."""
    FULL = "full"
    """Too much work waits."""


class Inbox(Protocol):
    """Puts what came from Slack on record, with the work that follows, in one transaction each."""

    async def paste(self, paste: Paste) -> Recorded:
        """Start an incident, or count the same failure once more."""

    async def order(self, order: Order, *, event_id: str | None = None) -> Recorded:
        """Queue work that belongs to no new incident."""

    async def draft(self, paste: Paste) -> str:
        """Keep an incident that waits for a form; its ID."""

    async def complete(self, incident_id: str, hints: Hints, *, by: str) -> Recorded:
        """Fill a draft, or answer a question, and diagnose."""

    async def correct(self, incident_id: str, position: int, hints: Hints, *, by: str) -> Recorded:
        """Diagnose another target in place of the one that a diagnosis of the incident is about."""


class Claim(StrEnum):
    """How an attempt to claim a plan ended."""

    CLAIMED = "claimed"
    WAITING = "waiting"
    """It is on record, and others must approve yet."""
    OWN = "own"
    """Who asked may not approve it."""
    REPEATED = "repeated"
    """The same person approved, or the same fix was asked for, already."""
    DECLINED = "declined"
    UNKNOWN = "unknown"
    TAKEN = "taken"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Incidents(Protocol):
    """Reads what is on record."""

    async def get(self, incident_id: str) -> Incident | None:
        """One incident."""

    async def in_thread(self, spot: Spot, *, asked: bool = False) -> Incident | None:
        """The newest incident of a thread that has a diagnosis, or with `asked` a question."""

    async def recent(
        self, team: str, *, by: str | None = None, channel: str | None = None, limit: int
    ) -> Sequence[Incident]:
        """The newest incidents with a diagnosis, of a person or of a channel, newest first."""

    async def alike(self, team: str, beginning: str, *, limit: int) -> Sequence[Incident]:
        """Incidents with a diagnosis whose ID begins so, newest first."""


class Plans(Protocol):
    """The offered fixes."""

    async def get(self, plan_id: str) -> Plan | None:
        """One plan."""

    async def approve(self, plan_id: str, *, by: str, needed: int, own: bool) -> Claim:
        """Approve an open plan; the approval that completes the number takes it and queues its application, once.

        Args:
            plan_id: The plan.
            by: Who approves. The first one is also who asked, unless somebody asked before.
            needed: How many different people must approve.
            own: Whether who asked counts among them.
        """

    async def ask(self, plan_id: str, *, by: str) -> Claim:
        """Put on record that somebody who may not approve wants an open plan, and queue the question, once."""

    async def decline(self, plan_id: str, *, by: str) -> Claim:
        """Close the request for an open plan, and show so."""


class Audit(Protocol):
    """The record of who asked for what, and what became of it."""

    async def note(
        self,
        action: str,
        decision: str,
        *,
        user: str | None,
        team: str | None,
        channel: str | None = None,
        incident_id: str | None = None,
        plan_id: str | None = None,
        words: str = "",
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Append one entry; `before` and `after` are the values of what is changed."""

    async def unposted(self, channel: str | None) -> str | None:
        """Why the audit channel is behind, as a clause; None where it is not, or there is none."""


class Meter(Protocol):
    """Counts what happens."""

    def delivery(self, kind: str, outcome: str) -> None:
        """One delivery from Slack: `message`, `mention`, `press` …, and what became of it."""


class Clock(Protocol):
    """The time, with its zone."""

    def __call__(self) -> datetime:
        """Now."""
