"""What a reply shows beside the diagnosis itself: its fixes by ID, what people did, what runs now."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.fix.plan import Fix
    from diagnostics.languages import Words
    from diagnostics.result import Diagnosis
    from handlers.blockkit import Block

APPLY = "irsa.apply.v1"
RESTART = "irsa.restart.v1"
"""Action IDs of fixes, whose value is the plan's ID. A second button of one row is numbered
(`irsa.restart.v1:1`), since Slack wants them different: match by prefix."""
TRUST = "irsa.trust.v1"
"""As these two, for the fix that writes a trust policy."""
PROVIDER = "irsa.provider.v1"
"""The same, for fixes that write an IAM OIDC provider."""
BOTH = "irsa.both.v1"
"""The same, for the fix that writes the annotation and then restarts."""
UNDO = "irsa.undo.v1"
"""Takes an applied fix back; its value is the ID of the plan that does so."""
APPROVE = "irsa.approve.v1"
"""In the message that asks the approvers; opens the same dialog as the fix's own button."""
DECLINE = "irsa.decline.v1"
"""Beside `APPROVE`, for approvers and for who asked; closes the request."""
ASK_APPROVAL = "irsa.ask_approval.v1"
"""Offered privately to who may not approve; its value is the plan's ID."""
RECHECK = "irsa.recheck.v1"
CHECKS = "irsa.checks.v1"
"""Both carry the incident's ID, with `.1` behind it for the second failure of a paste, and so on."""
NOT_THIS = "irsa.not_this.v1"
"""Says that another service account is meant, where the target was found and not named; values as above."""
SUMMARY = "irsa.summary.v1"
"""Asks for the incident to be summed up in its thread; values as above."""
MORE = "irsa.more.v1"
"""The menu of a reply: say whether it helped, or keep quiet. Its values are a word, a colon and the value above."""
CHOOSE = "irsa.choose.v1"
"""The select menu of a question; its values are indexes into the question's candidates."""
ASK = "irsa.ask.v1"
"""The button of a question that opens the form."""
CONFIRM = "irsa.confirm.v1"
"""The callback of the dialog that confirms a fix; its private metadata is the plan's ID."""
FORM = "irsa.form.v1"
"""The callback of the form that asks for what is missing; its private metadata is the incident's ID."""
CORRECT = "irsa.correct.v1"
"""The callback of the form behind `NOT_THIS`; its private metadata is that button's value."""
SHORTCUT = "irsa.diagnose_message"

EVENT_TYPE = "irsa_diagnosis"
"""The `event_type` of our messages' metadata, by which we know our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: `text` for notifications and screen readers, `blocks` for everybody else."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFix:
    """A fix that may be pressed, by the random ID that its button carries."""

    plan_id: str
    fix: Fix
    undo_until: datetime | None = None
    """For what takes an applied fix back: until when it may be pressed."""


class Deed(StrEnum):
    """How something that a person asked for stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that somebody did with this reply's buttons."""

    deed: Deed
    words: Words
    """Plain text: "Set the annotation of serviceaccount payments/api"."""
    by: str
    """Slack user ID."""
    at: datetime
    requested_by: str | None = None
    """Who asked, where that was somebody else."""
    approved_by: tuple[str, ...] = ()
    """Who approved, where it took more than the press of `by`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """A diagnosis with the fixes that its buttons offer."""

    diagnosis: Diagnosis
    fixes: tuple[OfferedFix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another reply about the same cause."""

    at: datetime
    link: str | None
    """Its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that one reply shows."""

    incident_id: str
    first: Diagnosed
    also: tuple[Diagnosed, ...] = ()
    """Further failures of the same paste."""
    happenings: tuple[Happening, ...] = field(default=())
    """Oldest first."""
    busy: Words | None = None
    """What runs now, as a plain sentence ("Reading cluster prod-eu …"); buttons are hidden meanwhile."""
    seen: int = 1
    """How often this failure was pasted in this thread."""
    same_as: Earlier | None = None
    """The full answer to the same cause in the same channel, where there is one: this one only points to it."""
    healed: datetime | None = None
    """Since when every check passes, after a cause had been found."""
    was: tuple[Diagnosis, ...] = ()
    """The first diagnoses that named a cause."""
    quiet_until: datetime | None = None
    """Until when the channel is muted, whatever the cause."""
    link: str | None = None
    """An address of the incident for outside Slack."""
    internal: bool = True
    """False in a channel shared with another organisation: nothing of ours is shown there."""

    @property
    def all(self) -> tuple[Diagnosed, ...]:
        """Every diagnosis, the first one first."""
        return (self.first, *self.also)
