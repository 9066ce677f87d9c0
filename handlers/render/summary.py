"""An incident summed up when it is over: what happened when, the cause, the changes, who, the way back. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.languages import all_aloud, speak
from diagnostics.text.visible import visible
from handlers.blockkit import build, clip, escape
from handlers.render.card import Message
from handlers.render.diagnosis import short_id
from handlers.render.finding import headline, where
from handlers.render.moments import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from diagnostics.result import Diagnosis
    from handlers.blockkit import Block

_STEPS: Final = 20
"""Steps that the message shows; the canvas has all."""
_VALUE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened."""

    at: datetime
    words: str
    by: str | None = None
    """Slack user ID; None: we did it, or an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that was changed from the thread."""

    words: str
    before: str | None
    after: str | None
    undo_until: datetime | None = None
    """Until when a press takes it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything that is on record about one incident."""

    incident_id: str
    cause: Diagnosis
    """The first that named a cause; without one, the newest."""
    steps: tuple[Step, ...]
    """Oldest first."""
    changes: tuple[Change, ...]
    began: datetime
    healed: datetime | None
    link: str | None = None
    """The address of the reply."""
    canvas: str | None = None
    """The address of the same text as a canvas."""
    outside: str | None = None
    """The address of the incident for outside Slack, as for a ticket."""

    @property
    def people(self) -> tuple[str, ...]:
        """Who took part, in the order in which they came."""
        return tuple(dict.fromkeys(step.by for step in self.steps if step.by))


def summary_message(summary: Summary) -> Message:
    """The summary as a message of the thread."""
    cause = all_aloud(summary.cause)
    shown, left_out = summary.steps[-_STEPS:], max(0, len(summary.steps) - _STEPS)
    blocks: list[Block] = [
        build.header(speak("Summary of incident {id}", id=short_id(summary.incident_id))),
        build.context(where(cause)),
        build.section(_verdict(summary, cause)),
        build.rich_text(build.paragraph(build.run(speak("What happened"), bold=True))),
        *(build.context(_line(step)) for step in shown),
    ]
    if left_out:
        blocks.insert(
            4, build.context(speak("{count} earlier steps are left out.", count=left_out))
        )
    for change in summary.changes[-5:]:
        blocks.append(build.rich_text(build.paragraph(*_changed(change))))
        if change.undo_until is not None:
            until = moment(change.undo_until)
            blocks.append(
                build.context(speak("Undo by the reply's button until {until}.", until=until))
            )
    blocks.append(build.context("  ·  ".join(_links(summary))))
    return Message(text=escape(_text(cause)), blocks=build.fit_message(blocks))


def summary_markdown(summary: Summary) -> str:
    """The whole summary as Markdown, for a canvas or a file; times in UTC."""
    cause = all_aloud(summary.cause)
    target = cause.target
    lines = [
        f"# {speak('Summary of incident {id}', id=short_id(summary.incident_id))}",
        "",
        f"- {speak('Cluster')}: `{target.cluster}`",
        f"- {speak('Service account')}: `{target.namespace}/{target.service_account or '?'}`",
    ]
    if cause.role_arn is not None:
        lines.append(f"- {speak('Role')}: `{_code(cause.role_arn)}`")
    lines += ["", f"## {speak('Cause')}", "", _markdown(_cause_words(cause))]
    if cause.root is not None and cause.root.finding is not None:
        finding = cause.root.finding
        lines += [
            "",
            f"- {speak('Seen')}: `{_code(finding.seen)}`",
            f"- {speak('Expected')}: `{_code(finding.wanted)}`",
        ]
        lines += ["", _markdown(finding.why)] if finding.why else []
    lines += ["", f"## {speak('What happened')}", ""]
    lines += [
        f"- {step.at:%Y-%m-%d %H:%M:%S} UTC: {_markdown(step.words)}{_person(step.by)}"
        for step in summary.steps
    ]
    lines += ["", f"## {speak('Changes')}", ""]
    for change in summary.changes:
        lines.append(f"- {_markdown(change.words)}")
        if change.before is not None or change.after is not None:
            lines += [
                "",
                "```diff",
                *(f"- {line}" for line in (change.before or speak("(none)")).splitlines()),
                *(f"+ {line}" for line in (change.after or speak("(none)")).splitlines()),
                "```",
                "",
            ]
    if not summary.changes:
        lines.append(speak("Nothing was changed from this thread."))
    return "\n".join(lines).replace("```\n\n\n", "```\n\n") + "\n"


def _verdict(summary: Summary, cause: Diagnosis) -> str:
    words = escape(_cause_words(cause))
    if summary.healed is None:
        return words + "\n" + speak("It is not known to be mended.")
    minutes = round((summary.healed - summary.began).total_seconds() / 60)
    at = moment(summary.healed)
    if minutes < 1:
        return words + "\n" + speak("Healthy since {moment}.", moment=at)
    return (
        words
        + "\n"
        + speak(
            "Healthy since {moment}, {minutes} min after it was told here.",
            moment=at,
            minutes=minutes,
        )
    )


def _cause_words(cause: Diagnosis) -> str:
    if cause.root is None:
        return headline(cause)
    return speak(
        "Cause: {code} {headline}.", code=cause.root.code, headline=headline(cause).rstrip(".")
    )


def _text(cause: Diagnosis) -> str:
    target = cause.target
    return speak(
        "Summary of the incident of {subject}: {cause}",
        subject=f"{target.namespace}/{target.service_account or '?'} on {target.cluster}",
        cause=clip(_cause_words(cause), 400),
    )


def _line(step: Step) -> str:
    by = f"  ·  <@{escape(step.by)}>" if step.by is not None else ""
    return f"{moment(step.at)}  ·  {escape(clip(step.words, 400))}{by}"


def _changed(change: Change) -> Iterator[str | Block]:
    yield build.run(speak("Changed  "), bold=True)
    yield clip(change.words, 500)
    if change.before is not None or change.after is not None:
        for sign, value in (("-", change.before), ("+", change.after)):
            yield "\n"
            yield build.run(f"{sign} {_short(value)}", code=True)


def _short(value: str | None) -> str:
    return speak("(none)") if value is None else visible(clip(value, _VALUE))


def _links(summary: Summary) -> Sequence[str]:
    links = [f"ID {escape(short_id(summary.incident_id))}"]
    if summary.link is not None:
        links.insert(0, speak("<{link}|The reply>", link=summary.link))
    if summary.outside is not None:
        links.insert(0, speak("<{link}|A link for tickets>", link=escape(summary.outside)))
    if summary.canvas is not None:
        links.insert(0, speak("<{link}|The same as a canvas>", link=escape(summary.canvas)))
    people = ", ".join(f"<@{escape(user)}>" for user in summary.people[:10])
    return [*links, speak("with {people}", people=people)] if people else links


def _person(user: str | None) -> str:
    return f" (![](@{user}))" if user is not None and user.isalnum() else ""


def _markdown(text: str) -> str:
    """Text of others as Markdown shows it literally."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|!~" else c for c in " ".join(text.split()))


def _code(text: str) -> str:
    return visible(clip(text, 2_000)).replace("`", "'")
