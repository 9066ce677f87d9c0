"""A sweep in Slack: how far it is, and what it came to. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bot.sweep.digest import bindings, clusters, digest_of, escaped, not_read, titled, where_of
from diagnostics.languages import Language, Said, aloud, speak, spoken_language
from diagnostics.result import Severity
from handlers.blockkit import build
from handlers.render.card import Message

if TYPE_CHECKING:
    from bot.sweep.document import Found, SweepDocument
    from diagnostics.sweep import Progress

_CODES: Final = 8
_TOP: Final = 5


def progress_message(progress: Progress) -> Message:
    """How far it is."""
    done = f"{progress.done:,}"
    match progress.step:
        case "issuers":
            text = speak(
                "Sweeping the fleet. Asking EKS about {total} …", total=clusters(progress.total)
            )
        case "accounts":
            text = speak(
                "Sweeping the fleet. Listing roles and OIDC providers: {done} of {total}",
                done=done,
                total=_accounts(progress.total),
            )
        case _:
            text = speak(
                "Sweeping the fleet. Listing and judging: {done} of {total}",
                done=done,
                total=clusters(progress.total),
            )
    return Message(text=text, blocks=[build.section(text)])


def result_message(document: SweepDocument, *, attached: bool | None = None) -> Message:
    """What a sweep that somebody asked for came to.

    Args:
        document: As they may read it.
        attached: Whether the report is attached; None: it is on its way.
    """
    sums = document.sums
    head = f"*{_state(document)}*"
    counted = (
        speak(
            "{bindings} in {clusters}: {healthy} healthy, {broken} broken, {undecided} undecided.",
            bindings=bindings(sums.bindings),
            clusters=clusters(sums.clusters),
            healthy=f"{sums.healthy:,}",
            broken=f"{sums.broken:,}",
            undecided=f"{sums.undecided:,}",
        )
        if sums.bindings
        else speak(
            "{clusters} that you read: {broken} broken bindings.",
            clusters=clusters(sums.clusters),
            broken=f"{sums.broken:,}",
        )
    )
    blocks = [build.section(f"{head}\n{counted}")]
    if document.findings:
        blocks.append(build.section(_by_cause(document)))
    new = digest_of(document)
    if document.since is not None:
        blocks.append(
            build.section(
                new
                or speak("Nothing new since {time} UTC.", time=f"{document.since:%Y-%m-%d %H:%M}")
            )
        )
    elif document.findings:
        blocks.append(build.section(_top(document)))
    notes = []
    if document.not_read:
        first = document.not_read[0]
        notes.append(
            f"{not_read(len(document.not_read))} {escaped(first.where)}: {escaped(first.why)}"
        )
    if attached:
        notes.append(speak("The report is in the thread, as a page and as a table."))
    elif attached is False:
        notes.append(
            speak(
                "The report could not be attached; for that I need the scope files:write. "
                "`irsa sweep --html` writes it."
            )
        )
    if notes:
        blocks.append(build.context(" ".join(notes)[:2_900]))
    return Message(text=f"{_state(document)} {counted}", blocks=blocks)


def news_message(document: SweepDocument, *, quiet: bool) -> Message | None:
    """What a scheduled sweep says: what is new, or one line, or nothing."""
    words = digest_of(document)
    if not words:
        if quiet:
            return None
        standing = _standing(document)
        words = (
            speak(
                "IRSA sweep: nothing new since {time} UTC. {standing}.",
                time=f"{document.since:%Y-%m-%d %H:%M}",
                standing=standing,
            )
            if document.since
            else speak("IRSA sweep: nothing new. {standing}.", standing=standing)
        )
    return Message(text=words.partition("\n")[0], blocks=[build.section(words)])


def _state(document: SweepDocument) -> str:
    if not document.findings:
        return speak("The sweep found nothing wrong.")
    return speak("The sweep found {standing}.", standing=_standing(document))


def _standing(document: SweepDocument) -> str:
    causes, risks = document.sums.causes, document.sums.risks
    return speak(
        "{causes} and {risks}",
        causes=speak("1 cause") if causes == 1 else speak("{count} causes", count=f"{causes:,}"),
        risks=speak("1 risk") if risks == 1 else speak("{count} risks", count=f"{risks:,}"),
    )


def _accounts(count: int) -> str:
    return speak("1 account") if count == 1 else speak("{count} accounts", count=f"{count:,}")


def _by_cause(document: SweepDocument) -> str:
    counts = Counter(f.code for f in document.findings)
    fresh = Counter(f.code for f in document.findings if f.new)
    titles = {f.code: f for f in document.findings}
    order = sorted(
        counts, key=lambda code: (titles[code].severity is Severity.RISK, -counts[code], code)
    )
    lines = [
        f"{counts[code]:,}x *{code}* {titled(titles[code])}"
        + (speak(", {count} new", count=f"{fresh[code]:,}") if fresh[code] else "")
        for code in order[:_CODES]
    ]
    if len(order) > _CODES:
        rest = sum(counts[code] for code in order[_CODES:])
        lines.append(
            speak(
                "and {count} more under {codes} other codes",
                count=f"{rest:,}",
                codes=f"{len(order) - _CODES:,}",
            )
        )
    return "\n".join(lines)


def _top(document: SweepDocument) -> str:
    first = document.findings[:_TOP]
    return speak("*First to look at*") + "\n" + "\n".join(f"• {_line(f)}" for f in first)


def _line(finding: Found) -> str:
    # The document keeps its headlines in English; a title is in every language.
    english = spoken_language() is Language.ENGLISH
    what = finding.headline if english else aloud(Said(finding.title, {}))
    return f"{escaped(where_of(finding))}: {escaped(what)}"
