"""Text of others, made harmless for mrkdwn, and cut so that the cut shows."""

from __future__ import annotations

import re
from typing import Final

_ENTITY: Final = re.compile(r"&[a-z]{0,4}$")
_FENCE: Final = "```"


def escape(text: str) -> str:
    """Make untrusted text stand in mrkdwn as itself.

    `&`, `<` and `>` become entities, so that `<!channel>`, `<@U…>`, `<#C…>` and `<url|label>` are shown
    and not acted on. Nothing else is touched: a name copied from Slack must be the name. Bare links and
    `@here` stay text because `section` and `context` send `verbatim`; a value that may hold `*`, `_` or
    backquotes belongs into a `rich_text` run, which has no markup at all.

    Source: docs.slack.dev, "Formatting text for messages", "Escaping text".
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: str, limit: int) -> str:
    """Cut literal text to `limit` characters, saying at its end how many are left out.

    Where the limit leaves no room for words, the text ends with an ellipsis alone.
    """
    if len(text) <= limit:
        return text
    note = f"… ({len(text) - limit:,} more characters)"
    if len(note) * 3 > limit:
        return text[: limit - 1].rstrip() + "…"
    kept = limit - len(note) - 8  # the count grows by what the note itself displaces
    note = f"… ({len(text) - kept:,} more characters)"
    return text[:kept].rstrip() + note


def clip_mrkdwn(markup: str, limit: int) -> str:
    """Cut mrkdwn to `limit` characters without leaving half an entity, half a link or an open fence."""
    if len(markup) <= limit:
        return markup
    room = limit - len(_FENCE) - 40
    head = markup[:room]
    opened = head.rfind("<")
    if opened > head.rfind(">"):
        head = head[:opened]
    head = _ENTITY.sub("", head).rstrip()
    if head.count(_FENCE) % 2:
        head += _FENCE
    return f"{head}\n… ({len(markup) - len(head):,} more characters)"
