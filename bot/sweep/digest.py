"""What a channel should hear of a sweep: only what is new, and what is gone. Nothing new, no words.

The text is Slack's mrkdwn, short enough for one message, for an incoming webhook or a scheduled job.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from diagnostics.explain.words import plural
from diagnostics.result import Severity
from diagnostics.visible import visible

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
        kind = "cause" if group[0].severity is Severity.CAUSE else "risk"
        lines.append(f"*{code}* {escaped(group[0].title)} ({kind}): {len(group):,}")
        lines.extend(f"• {escaped(where_of(finding))}" for finding in group[:_EACH])
        if len(group) > _EACH:
            lines.append(f"• and {len(group) - _EACH:,} more")
    if document.not_read:
        lines.append(f"{len(document.not_read):,} parts of the fleet could not be read.")
    return _fitted(lines)


def _head(document: SweepDocument, new: list[Found]) -> str:
    causes = sum(1 for f in new if f.severity is Severity.CAUSE)
    since = f" since {document.since:%Y-%m-%d %H:%M} UTC" if document.since else ""
    return (
        f"IRSA sweep of {_size(document)}{since}: {plural(causes, 'new cause')}, "
        f"{plural(len(new) - causes, 'new risk')}, {len(document.gone):,} gone."
    )


def _size(document: SweepDocument) -> str:
    # What is narrowed to its reader has no number of bindings.
    sums = document.sums
    return f"{sums.bindings:,} bindings" if sums.bindings else plural(sums.clusters, "cluster")


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
            out.append(f"… {len(lines) - index:,} more lines are in the report.")
            break
        out.append(line)
        size += len(line) + 1
    return "\n".join(out)
