"""What a reply says once its cause is gone: since when, and what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.languages import speak
from handlers.blockkit import build, clip, escape
from handlers.render.finding import headline, where
from handlers.render.moments import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from diagnostics.result import Diagnosis
    from handlers.blockkit import Block

_WORDS = 300


def healed_title(healed: datetime) -> str:
    """The heading, which Slack shows as it is: the time is in UTC there, and in everybody's own below."""
    return speak("Healthy since {time} UTC", time=f"{healed:%H:%M}")


def healed_blocks(
    diagnosis: Diagnosis, was: Diagnosis | None, healed: datetime, *, mended: bool
) -> Iterator[Block]:
    """Between the heading and what people did.

    Args:
        diagnosis: The newest, in which every check passes.
        was: The one that named the cause.
        healed: When a check first passed after it.
        mended: Whether a fix from this reply did it.
    """
    yield build.context(where(diagnosis))
    first = (
        speak("The fix made from this thread holds: every check passes now.")
        if mended
        else speak("Every check passes now, though nothing was changed from this thread.")
    )
    paragraphs = [build.paragraph(first)]
    if was is not None and was.root is not None:
        paragraphs.append(
            build.paragraph(
                build.run(speak("The cause was  "), bold=True), f"{was.root.code} {cause_of(was)}."
            )
        )
    if not mended:
        paragraphs.append(
            build.paragraph(
                speak(
                    "A process that read its credentials before that may need a restart of its pod to see it."
                )
            )
        )
    yield build.rich_text(*paragraphs)
    words = speak("Seen healthy {moment}", moment=moment(healed))
    minutes = 0 if was is None else round((healed - was.started).total_seconds() / 60)
    if minutes > 0:
        words += "  ·  " + speak("{minutes} min after the cause was found", minutes=minutes)
    yield build.context(words)


def healed_text(subject: str, was: Diagnosis | None, healed: datetime) -> str:
    """One sentence for notifications and screen readers."""
    since = f"{healed:%H:%M}"
    if was is None or was.root is None:
        return escape(speak("{subject}: healthy since {time} UTC.", subject=subject, time=since))
    return escape(
        speak(
            "{subject}: healthy since {time} UTC. The cause was: {cause}.",
            subject=subject,
            time=since,
            cause=cause_of(was),
        )
    )


def cause_of(diagnosis: Diagnosis) -> str:
    """The cause in one clause without a full stop."""
    return clip(headline(diagnosis).rstrip("."), _WORDS)
