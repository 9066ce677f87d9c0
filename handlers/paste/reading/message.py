"""A Slack message to text: message text, blocks, attachments, shared messages, snippets' previews.

Alert bots (Alertmanager, Grafana, Datadog, PagerDuty, Opsgenie, Sentry, CloudWatch) leave `text` empty and put
all words into attachments or blocks, so no part may be left out.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from handlers.paste.reading.blocks import block_lines
from handlers.paste.reading.untrusted import Node, node_at, nodes_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_LIMIT = 200_000
"""Characters that are read of one message, attachments included."""

_SHARED_DEPTH = 3
_PART_LIMIT = 60_000


def extract_text(message: Node) -> str:
    """Collect the words of a message, or of an event that has the same fields.

    A part that only repeats an earlier one (as `text` repeats the blocks of what a person typed) is left out.
    Previews that Slack makes of links are no part of what somebody pasted, save those of Slack messages.

    Args:
        message: The event or message as it came; nothing about its shape is trusted.

    Returns:
        At most 200,000 characters, Slack's escaping of `&`, `<` and `>` kept where it was.
    """
    chosen: list[str] = []
    seen: list[str] = []
    size = 0
    for part in _parts(message, 0):
        text = part[:_PART_LIMIT].strip()
        essence = _essence(text)
        if not essence or any(essence in earlier for earlier in seen):
            continue
        chosen.append(text)
        seen.append(essence)
        size += len(text) + 1
        if size > TEXT_LIMIT:
            break
    return "\n".join(chosen)[:TEXT_LIMIT]


def _parts(message: Node, depth: int) -> Iterator[str]:
    blocks = "\n".join(line for block in nodes_at(message, "blocks") for line in block_lines(block))
    yield blocks
    yield text_at(message, "text")
    for attachment in nodes_at(message, "attachments"):
        yield from _attachment(attachment, depth)
    for file in nodes_at(message, "files"):
        yield _file(file)


def _attachment(attachment: Node, depth: int) -> Iterator[str]:
    shared = bool(attachment.get("is_msg_unfurl") or attachment.get("is_share"))
    quoted = nodes_at(attachment, "message_blocks")
    if not shared and not quoted and text_at(attachment, "from_url"):
        return
    if depth < _SHARED_DEPTH:
        for entry in quoted:
            yield from _parts(node_at(entry, "message"), depth + 1)
    lines = [text_at(attachment, key) for key in ("pretext", "author_name", "title", "text")]
    lines += [_field(field) for field in nodes_at(attachment, "fields")]
    lines += [line for block in nodes_at(attachment, "blocks") for line in block_lines(block)]
    lines.append(text_at(attachment, "footer"))
    words = "\n".join(line for line in lines if line)
    yield words
    fallback = text_at(attachment, "fallback")
    if not words and not fallback.startswith("[no preview"):
        yield fallback
    if depth < _SHARED_DEPTH:
        for inner in nodes_at(attachment, "attachments"):
            yield from _attachment(inner, depth + 1)


def _field(field: Node) -> str:
    """Write an attachment's field as a label and its value, which is how labels are read later."""
    title, value = text_at(field, "title").strip().rstrip(":"), text_at(field, "value")
    return f"{title}: {value}" if title else value


def _file(file: Node) -> str:
    if text_at(file, "mode") not in {"snippet", "post", "email", "hosted"}:
        return ""
    return text_at(file, "preview") or text_at(file, "plain_text")


def _essence(text: str) -> str:
    """Reduce a text to what is the same in each of Slack's forms of it: no marks, no white space."""
    plain = html.unescape(text)
    for mark in "*_~`<>|":
        plain = plain.replace(mark, "")
    return "".join(plain.split())
