"""What Slack's message box makes of what a person types: mrkdwn `text`, and `blocks` of rich text.

Source: docs.slack.dev, "Formatting text for messages"; "Rich text block".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.people import Json

_FENCE: Final = "```"
_INLINE: Final = re.compile(
    r"`(?P<code>[^`\n]{1,3000})`"
    r"|<@(?P<user>[A-Z0-9]{2,24})>"
    r"|@(?P<name>[a-z0-9][a-z0-9._-]{0,40})"
    r"|(?P<url>https?://[^\s<>|\"'`]{1,2000})"
    r"|(?<![\w@.-])(?P<bare>(?:[a-z0-9-]{1,63}\.){1,5}(?:com|io|org|net|dev)(?:/[\w./~-]{0,200})?)(?![\w.-])"
)
_TRAILING: Final = ".,;:!?)]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A typed message as it is posted.

    Attributes:
        text: With Slack's escapes, links and mentions.
        blocks: One `rich_text` block.
        mentions: The IDs of those mentioned outside code.
    """

    text: str
    blocks: list[Json]
    mentions: frozenset[str]


def compose(typed: str, names: dict[str, str]) -> Composed:
    """Turn typed text into a message.

    Args:
        typed: What stands in the message box, up to 40,000 characters.
        names: User IDs by the name after the `@`, lower case.
    """
    words: list[str] = []
    parts: list[Json] = []
    mentions: set[str] = set()
    pieces = typed.split(_FENCE)
    if len(pieces) % 2 == 0:  # a fence that is never closed is text
        pieces[-2:] = [_FENCE.join(pieces[-2:])]
    for number, piece in enumerate(pieces):
        if number % 2:
            words.append(_FENCE + _escaped_links(piece) + _FENCE)
            inner = piece.strip("\n")
            if inner:
                parts.append(_box([{"type": "text", "text": inner}]))
        elif piece:
            text, elements = _prose(piece, names, mentions)
            words.append(text)
            parts.extend(elements)
    blocks: list[Json] = [{"type": "rich_text", "elements": parts}] if parts else []
    return Composed(text="".join(words), blocks=blocks, mentions=frozenset(mentions))


def _prose(piece: str, names: dict[str, str], mentions: set[str]) -> tuple[str, list[Json]]:
    lines = piece.split("\n")
    text: list[str] = []
    parts: list[Json] = []
    for is_quote, run in _grouped(lines):
        said: list[str] = []
        elements: list[Json] = []
        for line in run:
            if elements:
                elements.append({"type": "text", "text": "\n"})
            words, found = _line(line, names, mentions)
            said.append(("&gt; " if is_quote else "") + words)
            elements.extend(found)
        text.extend(said)
        elements = _joined(elements)
        if any(e["type"] != "text" or e["text"].strip() for e in elements):
            kind = "rich_text_quote" if is_quote else "rich_text_section"
            parts.append({"type": kind, "elements": elements})
    return "\n".join(text), parts


def _grouped(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    quoted = False
    for line in lines:
        is_quote = line.startswith(">")
        if run and is_quote != quoted:
            yield quoted, run
            run = []
        quoted = is_quote
        run.append(line[1:].removeprefix(" ") if is_quote else line)
    yield quoted, run


def _line(line: str, names: dict[str, str], mentions: set[str]) -> tuple[str, list[Json]]:
    text: list[str] = []
    elements: list[Json] = []
    done = 0
    for found in _INLINE.finditer(line):
        shown = found.group()
        made = _element(found, names)
        if made is None:
            continue
        element, words, length = made
        if element["type"] == "user":
            mentions.add(element["user_id"])
        plain = line[done : found.start()]
        if plain:
            elements.append({"type": "text", "text": plain})
        text += [_escape(plain), words]
        elements.append(element)
        done = found.start() + (length if length is not None else len(shown))
    if rest := line[done:]:
        elements.append({"type": "text", "text": rest})
        text.append(_escape(rest))
    return "".join(text), elements


def _element(found: re.Match[str], names: dict[str, str]) -> tuple[Json, str, int | None] | None:
    if code := found["code"]:
        return {"type": "text", "text": code, "style": {"code": True}}, f"`{_escape(code)}`", None
    if found["user"] or found["name"]:
        known = names.get((found["name"] or "").lower(), found["user"])
        if known not in names.values():
            return None
        return {"type": "user", "user_id": known}, f"<@{known}>", None
    if url := found["url"]:
        url = url.rstrip(_TRAILING)
        return {"type": "link", "url": url}, f"<{_escape(url)}>", len(url)
    bare = found["bare"].rstrip(_TRAILING)
    url = f"http://{bare}"
    return {"type": "link", "url": url, "text": bare}, f"<{url}|{bare}>", len(bare)


def _escaped_links(code: str) -> str:
    """Code in `text`: addresses with a scheme become links even there."""
    return re.sub(r"(https?://[^\s<>|\"'`&]{1,2000})", r"<\1>", _escape(code))


def _joined(elements: list[Json]) -> list[Json]:
    joined: list[Json] = []
    for element in elements:
        last = joined[-1] if joined else None
        if last and last.keys() == element.keys() == {"type", "text"} and last["type"] == "text":
            last["text"] += element["text"]
        else:
            joined.append(dict(element))
    return joined


def _box(elements: list[Json]) -> Json:
    return {"type": "rich_text_preformatted", "elements": elements, "border": 0}


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
