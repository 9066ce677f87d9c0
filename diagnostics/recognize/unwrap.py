"""Takes a paste out of its wrappings: escapes, quotes, frames, colours, Slack's and HTML's marks.

What comes out is a `Reading`: plain lines, and the same text without any white space, in which a sentence is
found wherever a terminal, a table or a chat program broke it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from diagnostics.recognize.linear import compile_pattern

LIMIT = 1_048_576
"""Characters that are read of one text; the rest is left out."""

_ANSI = re.compile(r"\x1b\[?[0-9;?]{0,16}[A-Za-z]?")
_ANSI_WRITTEN = re.compile(r"(?:\u241b|\\x1b|\\u001b|\\033|\^\[)\[[0-9;?]{0,16}[A-Za-z]")
_ANSI_OPENINGS = ("\u241b[", "\\x1b[", "\\u001b[", "\\033[", "^[[")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")
_TAG = re.compile(r"</?(?:span|code|pre|br|p|div|em|strong|b|i|a)(?:\s[^<>]{0,200})?/?>")
_SLACK_LINK = re.compile(r"<((?:https?|mailto|ftp):[^<>|\s]{1,2000})(?:\|([^<>|]{0,2000}))?>")
_BACKSLASHES = re.compile(r"\\{2,}")
_ESCAPES = (
    ("\\n", "\n"), ("\\r", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\'", "'"), ("\\/", "/"),
    ("\\u0026", "&"), ("\\u003c", "<"), ("\\u003C", "<"), ("\\u003e", ">"), ("\\u003E", ">"),
    ("\\u0022", '"'), ("\\u0027", "'"), ("\\u000a", "\n"), ("\\u0009", "\t"), ("\\u003d", "="),
    ("\\u00a0", " "), ("\\u2019", "'"),
)  # fmt: skip
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
_CODE_POINTS = 2000
_BOLD = re.compile(r"(?<!\*)\*\*(?!\*)")
_PLAIN = {
    '"': "\u201c\u201d\u201e\u00ab\u00bb",
    "'": "\u2018\u2019\u201a\u2032",
    " ": "\u00a0\u202f",
    "-": "\u2013\u2011",
    "": "\u200b\u200c\u200d\u2060\ufeff\u00ad",
    "I": "\u0130",  # the one letter whose lower case is longer
}
"""What editors, chats and terminals put in the place of plain marks: quotes, blanks, dashes, nothing."""

_TYPOGRAPHY = tuple((mark, plain) for plain, marks in _PLAIN.items() for mark in marks)
_JOINTS = (" ││ ", " ││", "││ ", "││")
_BARS = ("│", "┃", "║")
_MARKS = (">", "|", *_BARS)
_OPENINGS = frozenset((" ", "\t", *_MARKS))
_EMPTY_LINES = re.compile(r"\n{3,}")
_FRAME = " \t|│┃║"
_ENTRY = compile_pattern(
    r"(?:[a-z0-9][\w./-]{0,100} {1,4}\|? ?){0,2}\{\"|(?:[\w./:@-]{1,100} ?\|? ){0,3}(?:"
    r"[EIWFD]\d{4} \d\d:\d\d|\[?\d{4}[-/]\d\d[-/]\d\d|\[?\d\d:\d\d:\d\d|(?:time|ts|t|level"
    r"|timestamp)="
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? |(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"
    r"|Dec) {1,2}\d"
    r"|(?:Warning|Normal) {1,4}\w+ {1,40}\d|\[(?:ERROR|WARN|INFO|DEBUG|FATAL)\])"
)
"""What a log entry starts with: klog, ISO and syslog times, JSON, logfmt, kubectl's events."""

_WRAP_AT_LEAST = 50
_WRAP_LINES = 2


@dataclass(frozen=True)
class Reading:
    """A text without its wrappings."""

    lines: tuple[str, ...]
    """Plain lines; white space inside a line is one blank."""

    @cached_property
    def text(self) -> str:
        """The plain lines joined."""
        return "\n".join(self.lines)

    @cached_property
    def dense(self) -> str:
        """Everything in lower case, without white space."""
        return "".join(self.text.lower().split())

    @cached_property
    def _dense_starts(self) -> list[int]:
        return list(accumulate((len(line) - line.count(" ") for line in self.lines), initial=0))

    @cached_property
    def starts(self) -> list[int]:
        """Where each line starts in `text`."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=0))

    @cached_property
    def _word_ends(self) -> dict[int, list[int]]:
        return {}

    def locate(self, dense_offset: int) -> tuple[int, int]:
        """Map an offset in `dense` to the line and the column in it."""
        line = min(bisect_right(self._dense_starts, dense_offset) - 1, len(self.lines) - 1)
        if line not in self._word_ends:
            self._word_ends[line] = list(accumulate(map(len, self.lines[line].split(" "))))
        inside = dense_offset - self._dense_starts[line]
        return line, inside + bisect_right(self._word_ends[line], inside)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the lines from first to last (included) stand in `dense`."""
        return self._dense_starts[first], self._dense_starts[last + 1]


def unwrap(text: str) -> Reading:
    """Take a text out of its wrappings. Reads at most `LIMIT` characters; never fails."""
    text = _unescape(_without_controls(text[:LIMIT]))
    if "<" in text:
        text = _TAG.sub("", _SLACK_LINK.sub(_link, text))
    if not text.isascii():
        text = _without_typography(text)
    text = text.replace("`", "")
    if "**" in text:
        text = _BOLD.sub("", text)
    if "\n\n\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text)
    lines = text.split("\n")
    if any(mark in text for mark in _MARKS):
        lines = [_unframed(line) if line[:1] in _OPENINGS else line for line in lines]
        return Reading(tuple([_tidy(line) for line in _joined(lines)]))
    return Reading(tuple([" ".join(line.split()) for line in _joined(lines)]))


def _without_controls(text: str) -> str:
    """Take out colours and control characters; line ends of every kind become line feeds."""
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if any(opening in text for opening in _ANSI_OPENINGS):
        text = _ANSI_WRITTEN.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").replace("\t", "").isprintable():
        for line_end in ("\u2028", "\u2029", "\x85"):
            text = text.replace(line_end, "\n")
        text = _CONTROL.sub(" ", text)
    return text


def _without_typography(text: str) -> str:
    """Put plain marks in the place of typographic ones, and close the joints of a framed line."""
    for joint in _JOINTS:
        text = text.replace(joint, "")
    for mark, plain in _TYPOGRAPHY:
        text = text.replace(mark, plain)
    return text


def starts_entry(line: str) -> bool:
    """Tell whether a line looks like the first one of a log entry."""
    return _ENTRY.match(line[:400].lstrip(" >")) is not None


def _unescape(text: str) -> str:
    if "&" in text:
        for _ in range(2):  # escaped twice where a bot escaped what was escaped
            text = text.replace("&lt;", "<").replace("&gt;", ">")
            text = text.replace("&quot;", '"').replace("&#39;", "'").replace("&#34;", '"')
            text = text.replace("&nbsp;", " ").replace("&amp;", "&")
    if "arn%3A" in text:
        text = text.replace("%3A", ":").replace("%2F", "/")
    if "\\" in text:
        # Any depth of escaping at once: a run of backslashes stands for one.
        text = _BACKSLASHES.sub(r"\\", text)
        for escape, plain in _ESCAPES:
            text = text.replace(escape, plain)
        if "\\u" in text:
            text = _CODE_POINT.sub(_character, text, count=_CODE_POINTS)
    return text


def _character(match: re.Match[str]) -> str:
    """Read an escaped character: printable ones outside the surrogates, everything else as a blank."""
    character = chr(int(match[1], 16))
    return character if character.isprintable() else " "


def _link(match: re.Match[str]) -> str:
    """Show a Slack link as its label where that is an address too, or else as the address."""
    url, label = match[1], match[2] or ""
    if url.startswith("mailto:"):
        return label or url.removeprefix("mailto:")
    return label if label and label in url else url


def _unframed(line: str) -> str:
    """Take quote marks and table frames off a line's ends; blanks inside a frame stay, as they count for its width."""
    if line[:1] in _BARS and line[-1:] in _BARS and len(line) > 1:
        return line[1:-1].removeprefix(" ").removesuffix(" ")
    bare = line.lstrip(_FRAME + ">")
    return bare[3:].lstrip() if bare.startswith("- |") else bare


def _tidy(line: str) -> str:
    if not line.isascii():
        for bar in _BARS:
            line = line.replace(bar, " ")
    return " ".join(line.rstrip(_FRAME).split())


def _joined(lines: list[str]) -> list[str]:
    """Put lines together that a terminal broke at its width: several in a row, equally long, unfinished."""
    if len(lines) <= _WRAP_LINES or max(map(len, lines)) < _WRAP_AT_LEAST:
        return lines
    joined: list[str] = []
    row = 0
    while row < len(lines):
        width, end = len(lines[row]), row + 1
        if width >= _WRAP_AT_LEAST:
            while end < len(lines) and len(lines[end]) == width and not starts_entry(lines[end]):
                end += 1
        if end - row < _WRAP_LINES or lines[row] == lines[row + 1]:
            joined += lines[row:end]
            row = end
            continue
        rest = end < len(lines) and len(lines[end]) < width and not starts_entry(lines[end])
        joined.append("".join(lines[row : end + rest]))
        row = end + rest
    return joined
