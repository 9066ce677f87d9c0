"""An incident: one failure (or several of one paste) in one thread, with everything that its reply shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.case import Case, Question
    from diagnostics.fix.plan import Fix
    from diagnostics.result import Diagnosis
    from handlers.render.card import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where the reply of an incident belongs."""

    team: str
    channel: str
    thread_ts: str | None = None
    """The message whose thread it goes into; None until a slash command's anchor is posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is on record about one incident."""

    id: str
    spot: Spot
    by: str | None
    """Slack user ID of who pasted or asked; None for an alert bot."""
    cases: tuple[Case, ...]
    reply_ts: str | None = None
    """Our one message in the thread."""
    response_url: str | None = None
    """Where an answer goes if the channel can't be posted to."""
    diagnoses: tuple[Diagnosis, ...] = ()
    question: Question | None = None
    happenings: tuple[Happening, ...] = field(default=())
    seen: int = 1
    shared: bool = False
    """Whether the channel was shared with another organisation when last asked."""
    automatic: bool = False
    """Nobody asked: it was read in passing."""
    found: tuple[Diagnosis, ...] = ()
    """The first diagnoses that named a cause; `diagnoses` are the newest."""
    healed: datetime | None = None
    """When a check first passed after a cause had been found; None again once one fails."""
    full_answer: str | None = None
    """ID of the incident whose reply is the whole answer: its own, or another's to which it points."""
    summary_ts: str | None = None
    """Our message that sums it up."""
    created: datetime


class PlanState(StrEnum):
    """How an offered fix stands."""

    OPEN = "open"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    DECLINED = "declined"
    """An approver said no, or who asked took the request back."""
    WITHDRAWN = "withdrawn"
    """A newer diagnosis of the same incident took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A fix that a button offers; the button carries only its ID."""

    id: str
    incident_id: str
    position: int
    """Index of the diagnosis in the incident that offers it."""
    fix: Fix
    state: PlanState
    expires: datetime
    by: str | None = None
    """Who claimed it."""
    claimed: datetime | None = None
    requested_by: str | None = None
    """Who asked first; the request expires with the plan."""
    request_ts: str | None = None
    """The message that asks the approvers."""
    approvals: tuple[str, ...] = ()
    """Who approved, oldest first."""
    began: datetime | None = None
    """When the rules had been checked for the last time, just before the change."""
    undoes: str | None = None
    """The plan whose change this one takes back."""
