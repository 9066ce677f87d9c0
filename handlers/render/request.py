"""The message that asks the approvers, and tells what became of the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.fix.plan import RestartWorkload, UpdateTrustPolicy
from diagnostics.languages import aloud, speak
from handlers.blockkit import build, clip, escape
from handlers.render.card import APPROVE, DECLINE, Message
from handlers.render.changes import change_of
from handlers.render.moments import moment

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.fix.plan import Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for approval, as it stands."""

    plan_id: str
    fix: Fix
    words: str
    """What the fix does, plain: "Set the annotation …"."""
    by: str
    """Slack user ID of who asked."""
    needed: int
    approved: tuple[str, ...]
    """Slack user IDs."""
    ask: str
    """Who may approve, as mentions in mrkdwn."""
    until: datetime
    ended: str | None = None
    """How it ended, in plain words; the button is gone then."""
    declined_by: str | None = None
    """Slack user ID of who said no."""
    undoing: bool = False


def request_message(request: Request) -> Message:
    """One message for the whole life of a request; editing it notifies nobody again."""
    what = aloud(request.words)
    if request.undoing:
        what = speak("Undo: {clause}", clause=what)
    plain = speak("Approval asked for on {cluster}: {what}", cluster=request.fix.cluster, what=what)
    blocks = [
        build.section(
            speak(
                "<@{by}> asks for approval: {what}, in {namespace} on {cluster}.",
                by=escape(request.by),
                what=escape(clip(what, 900)),
                namespace=escape(request.fix.namespace),
                cluster=escape(request.fix.cluster),
            )
        )
    ]
    if not isinstance(request.fix, RestartWorkload | UpdateTrustPolicy):
        lines = change_of(request.fix).lines
        blocks.append(build.preformatted(lines, language="diff", limit=1_500))
    given = ", ".join(f"<@{escape(user)}>" for user in request.approved) or speak("nobody yet")
    blocks.append(
        build.context(
            speak(
                "Approved by {given}: {approved} of {needed}.",
                given=given,
                approved=len(request.approved),
                needed=request.needed,
            )
        )
    )
    if request.declined_by is not None:
        blocks.append(
            build.context(speak("Declined by <@{user}>.", user=escape(request.declined_by)))
        )
    if request.ended is not None:
        words = speak("Over: {ended}", ended=request.ended)
        blocks.append(build.rich_text(build.paragraph(words)))
        return Message(
            text=escape(clip(f"{plain}. {words}", 700)), blocks=build.fit_message(blocks)
        )
    blocks.append(
        build.section(
            speak(
                "{ask}: please review. The request expires {until}.",
                ask=request.ask,
                until=moment(request.until),
            )
        )
    )
    blocks.append(
        build.actions(
            build.button(
                APPROVE,
                speak("Review and approve"),
                request.plan_id,
                style="primary",
                accessibility_label=speak("Review and approve: {what}", what=clip(what, 60)),
            ),
            build.button(
                DECLINE,
                speak("Decline"),
                request.plan_id,
                accessibility_label=speak("Decline: {what}", what=clip(what, 60)),
            ),
        )
    )
    return Message(text=escape(clip(plain, 700)), blocks=build.fit_message(blocks))


__all__ = ["Request", "request_message"]
