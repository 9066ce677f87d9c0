"""Register every listener, the specific ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import everything_else, home, invited, languages, links
from handlers.buttons import apply, more, not_this, question, reading, summary
from handlers.paste import command, form, mention, message, mute_form, shortcut

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from handlers.desk import Desk
    from handlers.people import Directory
    from handlers.ports import Clock


def register(app: AsyncApp, desk: Desk, *, directory: Directory, now: Clock) -> None:
    """Add all listeners to a Bolt app."""
    languages.register(app, desk, directory)
    for module in (
        message,
        mention,
        shortcut,
        form,
        question,
        not_this,
        reading,
        summary,
        home,
        invited,
        links,
    ):
        module.register(app, desk)
    for timed in (apply, command, mute_form, more):
        timed.register(app, desk, now)
    everything_else.register(app, desk, directory)
