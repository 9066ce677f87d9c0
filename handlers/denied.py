"""A refusal: why somebody may not, as it is told and as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.languages import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Why somebody may not, and how to ask, as one sentence of mrkdwn."""

    words: Words
    rule: str
    """A short name of the reason, for the audit trail."""
    may_ask: bool = False
    """Whether approvers can be asked to do it."""
