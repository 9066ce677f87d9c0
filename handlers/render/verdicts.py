"""What each verdict is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.languages import aloud, say
from diagnostics.result import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.CAUSE_FOUND: say("Cause found"),
    Verdict.HEALTHY: say("Healthy"),
    Verdict.NOT_ENOUGH_EVIDENCE: say("Not enough evidence"),
}


def verdict_words(verdict: Verdict) -> str:
    """A verdict in two or three words."""
    return aloud(_VERDICTS[verdict])
