"""Keeping quiet in a channel for a while: automatic replies end, questions are answered as ever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from diagnostics.languages import say, speak
from handlers.blockkit import escape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

USUAL: Final = timedelta(hours=4)
KEEP_QUIET: Final = say("say when I keep quiet")
"""What only members may do, as in "Guests may not …"."""
LONGEST: Final = timedelta(days=30)
"""A mute without an end would be forgotten, and the silence taken for a bot that is gone."""
_LENGTH: Final = re.compile(r"([0-9]{1,5})\s*(m|min|minutes?|h|hours?|d|days?)", re.IGNORECASE)
_CODE: Final = re.compile(r"IRSA[0-9]{3}", re.ASCII)
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """One agreement to keep quiet."""

    channel: str
    code: str | None
    """The code of a cause, such as IRSA103; None: whatever the cause."""
    until: datetime
    by: str
    """Slack user ID."""


class Mutes(Protocol):
    """The agreements on record."""

    async def mute(self, team: str, mute: Mute) -> None:
        """Put one on record; it replaces an earlier one for the same channel and cause."""

    async def unmute(self, team: str, channel: str) -> int:
        """End all of a channel; how many there were."""

    async def of(self, team: str, channel: str) -> Sequence[Mute]:
        """Those of a channel that have not ended."""


class NotALength(Exception):
    """What was typed is no length of time; the message says how to write one."""


def parse_mute(text: str) -> tuple[str | None, timedelta]:
    """Read `4h`, `IRSA103 2d` or nothing.

    Returns:
        The code or None, and how long.

    Raises:
        NotALength: For anything else, for zero and for more than 30 days.
    """
    code: str | None = None
    words = [w for w in text.split() if w.lower() != "for"]
    if words and _CODE.fullmatch(words[0].upper()):
        code = words.pop(0).upper()
    if not words:
        return code, USUAL
    said = " ".join(words)
    match = _LENGTH.fullmatch(said)
    length = int(match[1]) * _UNITS[match[2][0].lower()] if match else timedelta()
    if not timedelta() < length <= LONGEST:
        raise NotALength(
            speak(
                "“{text}” is no length of time that I can keep quiet for. Write `/irsa mute 4h` or "
                "`/irsa mute IRSA103 2d`; 30 days is the most.",
                text=escape(said[:40]),
            )
        )
    return code, length
