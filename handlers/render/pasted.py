"""What a reply says about facts that were not read by us: whose word they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.checks.documentation import link_of
from diagnostics.languages import speak
from diagnostics.text.visible import visible
from handlers.blockkit import build, escape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from diagnostics.result import Diagnosis
    from handlers.blockkit import Block

_WHOSE: Final = re.compile(r"pasted by ([UW][A-Z0-9]{2,30}) at ([0-9: -]{16}) UTC")
_FACTS: Final = 6


def whose(user: str, at: datetime) -> str:
    """Name a person's output; the journal keeps it with each fact."""
    return f"pasted by {user} at {at:%Y-%m-%d %H:%M} UTC"


def words_of(label: str) -> str:
    """Such a name as mrkdwn, the person mentioned."""
    match = _WHOSE.fullmatch(label)
    if match is None:
        return escape(visible(label))
    return speak("pasted output by <@{user}> at {time} UTC", user=match[1], time=match[2])


def handed_blocks(diagnosis: Diagnosis) -> Iterator[Block]:
    """One line per source: which facts rest on it, and that we did not read them."""
    sources: dict[str, dict[str, None]] = {}
    for call in diagnosis.calls:
        if call.handed_over is not None:
            sources.setdefault(call.handed_over, {})[call.resource] = None
    for label, resources in sources.items():
        names = [r.rpartition(":oidc-provider/")[2] or r for r in resources]
        shown = ", ".join(escape(visible(n))[:120] for n in names[:_FACTS])
        if len(names) > _FACTS:
            shown = speak("{names} and {count} more", names=shown, count=len(names) - _FACTS)
        yield build.context(
            speak("*Not read by me:* {names}, from {source}", names=shown, source=words_of(label))
        )


def linked(code: str) -> str:
    """A check's code as mrkdwn, leading to its page where the docs have an address."""
    link = link_of(code)
    return code if link is None else f"<{escape(link)}|{code}>"


def asking_blocks(diagnosis: Diagnosis) -> Iterator[Block]:
    """The commands whose output would answer, as one block to copy."""
    if not diagnosis.ask:
        return
    yield build.rich_text(
        build.paragraph(
            build.run(speak("Or give me the output: "), bold=True),
            speak(
                "run these, which only read, and paste what they print in this thread, or upload it as a file."
            ),
        )
    )
    yield build.preformatted("\n".join(diagnosis.ask), limit=2_800)


__all__ = ["asking_blocks", "handed_blocks", "linked", "whose", "words_of"]
