"""A sweep in Slack: how far it is, and what it came to. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bot.sweep.digest import digest_of, escaped, where_of
from diagnostics.explain.words import plural
from diagnostics.result import Severity
from handlers.blockkit import build
from handlers.render.card import Message

if TYPE_CHECKING:
    from bot.sweep.document import Found, SweepDocument
    from diagnostics.sweep import Progress

_CODES: Final = 8
_TOP: Final = 5
_STEPS: Final = {
    "issuers": "Asking EKS about {total} …",
    "accounts": "Listing roles and OIDC providers: {done} of {total}",
    "clusters": "Listing and judging: {done} of {total}",
}


def progress_message(progress: Progress) -> Message:
    """How far it is."""
    noun = "account" if progress.step == "accounts" else "cluster"
    words = _STEPS[progress.step].format(
        done=f"{progress.done:,}", total=plural(progress.total, noun)
    )
    text = f"Sweeping the fleet. {words}"
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
        f"{plural(sums.bindings, 'binding')} in {plural(sums.clusters, 'cluster')}: {sums.healthy:,} healthy, "
        f"{sums.broken:,} broken, {sums.undecided:,} undecided."
        if sums.bindings
        else f"{plural(sums.clusters, 'cluster')} that you read: {sums.broken:,} broken bindings."
    )
    blocks = [build.section(f"{head}\n{counted}")]
    if document.findings:
        blocks.append(build.section(_by_cause(document)))
    new = digest_of(document)
    if document.since is not None:
        blocks.append(
            build.section(new or f"Nothing new since {document.since:%Y-%m-%d %H:%M} UTC.")
        )
    elif document.findings:
        blocks.append(build.section(_top(document)))
    notes = []
    if document.not_read:
        first = document.not_read[0]
        notes.append(
            f"{plural(len(document.not_read), 'part')} of the fleet could not be read. "
            f"{escaped(first.where)}: {escaped(first.why)}"
        )
    if attached:
        notes.append("The report is in the thread, as a page and as a table.")
    elif attached is False:
        notes.append(
            "The report could not be attached; for that I need the scope files:write. "
            "`irsa sweep --html` writes it."
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
        since = f" since {document.since:%Y-%m-%d %H:%M} UTC" if document.since else ""
        words = f"IRSA sweep: nothing new{since}. {_standing(document)}"
    return Message(text=words.partition("\n")[0], blocks=[build.section(words)])


def _state(document: SweepDocument) -> str:
    if not document.findings:
        return "The sweep found nothing wrong."
    return f"The sweep found {_standing(document)}"


def _standing(document: SweepDocument) -> str:
    causes, risks = document.sums.causes, document.sums.risks
    return f"{plural(causes, 'cause')} and {plural(risks, 'risk')}."


def _by_cause(document: SweepDocument) -> str:
    counts = Counter(f.code for f in document.findings)
    fresh = Counter(f.code for f in document.findings if f.new)
    titles = {f.code: f for f in document.findings}
    order = sorted(
        counts, key=lambda code: (titles[code].severity is Severity.RISK, -counts[code], code)
    )
    lines = [
        f"*{code}* {escaped(titles[code].title)} ({titles[code].severity}): {counts[code]:,}"
        + (f", {fresh[code]:,} new" if fresh[code] else "")
        for code in order[:_CODES]
    ]
    if len(order) > _CODES:
        rest = sum(counts[code] for code in order[_CODES:])
        lines.append(f"and {rest:,} more under {len(order) - _CODES:,} other codes")
    return "\n".join(lines)


def _top(document: SweepDocument) -> str:
    first = document.findings[:_TOP]
    return "*First to look at*\n" + "\n".join(f"• {_line(f)}" for f in first)


def _line(finding: Found) -> str:
    return f"{escaped(where_of(finding))}: {escaped(finding.headline)}"
