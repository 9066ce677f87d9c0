"""What a channel should hear of a sweep: only what is new, and what is gone. Nothing new, no words.

The text is Slack's mrkdwn, short enough for one message, for an incoming webhook or a scheduled job.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from diagnostics.languages import Said, Words, aloud, say, speak
from diagnostics.result import Severity
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from bot.sweep.document import Found, SweepDocument

MOST_CHARACTERS: Final = 2_900
"""A section block takes 3,000."""
_EACH: Final = 5


def digest_of(document: SweepDocument) -> str:
    """Write the digest; empty where nothing is new and nothing is gone.

    Of a first sweep everything is new.
    """
    new = [f for f in document.findings if f.new is not False]
    if not new and not document.gone:
        return ""
    lines = [_head(document, new)]
    by_code: dict[str, list[Found]] = defaultdict(list)
    for finding in new:
        by_code[finding.code].append(finding)
    for code, group in by_code.items():
        lines.append(f"*{code}* {titled(group[0])}: {len(group):,}")
        lines.extend(f"• {escaped(where_of(finding))}" for finding in group[:_EACH])
        if len(group) > _EACH:
            lines.append("• " + speak("and {count} more", count=f"{len(group) - _EACH:,}"))
    if document.not_read:
        lines.append(not_read(len(document.not_read)))
    return _fitted(lines)


def _head(document: SweepDocument, new: list[Found]) -> str:
    causes = sum(1 for f in new if f.severity is Severity.CAUSE)
    risks = len(new) - causes
    told = {
        "size": _size(document),
        "causes": _count(
            causes, say("1 new cause"), say("{count} new causes", count=f"{causes:,}")
        ),
        "risks": _count(risks, say("1 new risk"), say("{count} new risks", count=f"{risks:,}")),
        "gone": f"{len(document.gone):,}",
    }
    if document.since is None:
        return speak("IRSA sweep of {size}: {causes}, {risks}, {gone} gone.", **told)
    return speak(
        "IRSA sweep of {size} since {time} UTC: {causes}, {risks}, {gone} gone.",
        time=f"{document.since:%Y-%m-%d %H:%M}",
        **told,
    )


def _size(document: SweepDocument) -> str:
    # What is narrowed to its reader has no number of bindings.
    sums = document.sums
    return bindings(sums.bindings) if sums.bindings else clusters(sums.clusters)


def titled(finding: Found) -> str:
    """A finding's title with what it is."""
    title = escaped(aloud(Said(finding.title, {})))  # titles are in the catalogues
    if finding.severity is Severity.CAUSE:
        return speak("{title} (cause)", title=title)
    return speak("{title} (risk)", title=title)


def not_read(parts: int) -> str:
    """How much of the fleet could not be read."""
    if parts == 1:
        return speak("1 part of the fleet could not be read.")
    return speak("{count} parts of the fleet could not be read.", count=f"{parts:,}")


def bindings(count: int) -> str:
    """So many bindings."""
    return _count(count, say("1 binding"), say("{count} bindings", count=f"{count:,}"))


def clusters(count: int) -> str:
    """So many clusters."""
    return _count(count, say("1 cluster"), say("{count} clusters", count=f"{count:,}"))


def _count(number: int, one: Words, many: Words) -> str:
    return aloud(one if number == 1 else many)


def where_of(finding: Found) -> str:
    """Where a finding is, in a few words."""
    if finding.service_account:
        return f"{finding.cluster} {finding.namespace}/{finding.service_account}"
    return f"{finding.account_name}: {finding.role_arn or finding.cluster or finding.account}"


def escaped(text: str) -> str:
    """A foreign text as Slack's mrkdwn shows it plainly.

    Source: Slack API, "Formatting text for app surfaces", escaping.
    """
    shown = visible(text[:200])
    # A backtick, star or the like in a name would format what follows.
    plain = "".join("'" if one == "`" else one for one in shown)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fitted(lines: list[str]) -> str:
    out: list[str] = []
    size = 0
    for index, line in enumerate(lines):
        if size + len(line) + 80 > MOST_CHARACTERS:
            out.append(
                speak("… {count} more lines are in the report.", count=f"{len(lines) - index:,}")
            )
            break
        out.append(line)
        size += len(line) + 1
    return "\n".join(out)
