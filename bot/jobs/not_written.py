"""Why a fix was not made: what changed since it was seen, or what refused it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.errors import Stale
from diagnostics.fix.trust import parted
from diagnostics.languages import say, shortened
from diagnostics.text.visible import visible
from handlers.blockkit import clip

if TYPE_CHECKING:
    from diagnostics.errors import WriteError
    from handlers.incident import Plan


def why_not(error: WriteError, plan: Plan) -> str:
    """Why a part of a plan was not written, as a clause."""
    if isinstance(error, Stale) and plan.undoes is not None:
        seen, now = _before_and_now(error)
        return say(
            "nothing was written, because {what} changed since: it was {seen} and is {now} now",
            what=error.what,
            seen=seen,
            now=now,
        )
    if isinstance(error, Stale) and error.what.startswith("trust policy"):
        return say(
            "nothing was written, because the {error}; a plan made on it as it is now is offered anew",
            error=error.why,
        ) + " ({} → {})".format(*_before_and_now(error))
    if isinstance(error, Stale):
        seen, now = _before_and_now(error)
        return say(
            "nothing was written, because {error}: it was {seen} and is {now} now",
            error=error.why,
            seen=seen,
            now=now,
        )
    return shortened(error.why, 600)


def _before_and_now(stale: Stale) -> tuple[str, str]:
    """What the plan saw, and what is there; of two policies only what differs."""
    seen, now = stale.expected, stale.found
    if stale.what.startswith("trust policy") and seen is not None and now is not None:
        seen, now = parted(seen, now)
    return _shown(seen), _shown(now)


def _shown(value: str | None) -> str:
    """A value, or several with commas between them."""
    if value is None:
        return say("(none)")
    return ", ".join(visible(one) for one in clip(value, 200).split(", "))
