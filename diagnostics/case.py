"""What goes into a diagnosis, and what comes back where the target is not clear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.fleet import Hints
from diagnostics.languages import Words, say

if TYPE_CHECKING:
    from diagnostics.evidence import Target
    from diagnostics.recognize.symptom import Symptom


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One failure to explain: what the text said, and what else is known about where it happened."""

    symptom: Symptom | None = None
    hints: Hints = field(default_factory=Hints)
    """From a person or a command: stronger than what the text says."""
    defaults: Hints = field(default_factory=Hints)
    """From the channel: weaker than what the text says."""
    defaults_from: Words = say("this channel's default")  # noqa: RUF009  it never changes
    """Where they come from, for "cluster from …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One target that the failure may be about, with the reason for thinking so."""

    target: Target
    reason: Words
    """One clause: "its service account carries the role from the error"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The target is not clear: what must be asked."""

    text: Words
    """What is asked, and what stood in the way of finding out."""
    missing: tuple[str, ...]
    """Of `cluster`, `namespace`, `service_account`."""
    candidates: tuple[Candidate, ...] = ()
    """Best first; at most 20."""
    known: Hints = field(default_factory=Hints)
    """What is already clear."""
