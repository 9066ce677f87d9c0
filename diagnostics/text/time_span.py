"""Time spans as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.languages import say

if TYPE_CHECKING:
    from datetime import timedelta

    from diagnostics.languages import Words

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400


def spoken(span: timedelta) -> Words:
    """Round a time span: `40 seconds`, `3 minutes`, `5 hours`, `2 days`."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds >= 2 * _DAY:
        return say("{count} days", count=seconds // _DAY)
    if seconds >= 2 * _HOUR:
        return say("{count} hours", count=seconds // _HOUR)
    if seconds >= 2 * _MINUTE:
        return say("{count} minutes", count=seconds // _MINUTE)
    if seconds >= _MINUTE:
        return say("1 minute")
    return say("1 second") if seconds == 1 else say("{count} seconds", count=seconds)
