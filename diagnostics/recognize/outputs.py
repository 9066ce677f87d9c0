"""Outputs of read-only commands in what people paste: kubectl's and the AWS CLI's, in every form that they have.

Prompts, fences and words may stand in between. Source: kubectl 1.32, `k8s.io/kubectl/pkg/describe`; AWS CLI,
`awscli/formatter.py`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMAND: Final = re.compile(
    r"(?:[^\s`]{0,80}[$#>%]\s{1,4}|`)?((?:kubectl|oc|k|aws)\s[^\n]{0,1500}?)`?"
)
_READS: Final = re.compile(
    r"(?:kubectl|oc|k)\s(?:.*\s)?(?:get|describe)\s|aws\s.*\s(?:get-|list-|describe-)"
)
_FENCE: Final = re.compile(r"\s*(?:```|~~~)\S{0,12}\s*")
_YAML: Final = re.compile(
    r"apiVersion: ?\S|kind: ?[A-Z]|cluster:\s*\n|Role:\s*\n|ClientIDList:|OpenIDConnectProviderList:|CreateDate:"
)
_JSON: Final = re.compile(
    r'[{]\s*"(?:apiVersion|kind|items|metadata|Role|OpenIDConnectProviderList|Url|CreateDate|ClientIDList|cluster)"\s*:'
)
_ERROR: Final = re.compile(
    r"Error from server \(NotFound\): |An error occurred \(NoSuchEntity\) when"
)
_TABLE: Final = re.compile(r"\s*-{10,}\s*\n\|[^|\n]+\|")
_TEXT: Final = re.compile(
    r"\s*(?:ROLE\t|CLUSTER\t|OPENIDCONNECTPROVIDERLIST\t|[0-9][^\t\n]*\t[^\t\n]*/id/|[^\t\n]*\t[^\t\n]*\nCLIENTIDLIST\t)"
)
_DESCRIPTION: Final = re.compile(r"\s*Name:[ \t]+\S+[ \t]*\n(?:[A-Z][A-Za-z /-]*:|Namespace:)")
_LINK: Final = re.compile(r"<((?:https?|mailto):[^|>\s]{1,2000})(?:\|([^>\n]{1,2000}))?>")
_MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The output of one command, or of several that nothing tells apart."""

    text: str
    command: str | None = None
    """The command, where its line was pasted too."""


def outputs(text: str) -> tuple[Output, ...]:
    """Take the outputs of read-only commands out of a message; none where it holds no such output.

    Args:
        text: As Slack has it, `&amp;`, `&lt;` and `&gt;` included.
    """
    plain = _once(html.unescape(_LINK.sub(_label, text)))
    found = [
        Output(text=body, command=command)
        for command, lines in _parts(plain.splitlines())
        if (body := _from_opening(lines)) is not None
    ]
    return tuple(found[:_MOST])


def _label(link: re.Match[str]) -> str:
    """What stood there before Slack made a link of it."""
    return link[2] or link[1]


def _once(text: str) -> str:
    """A message whose plain form only repeats its blocks, once."""
    half = len(text) // 2
    return (
        text[:half] if text[:half] == text[half + 1 :] and text[half : half + 1] == "\n" else text
    )


def is_table(text: str) -> bool:
    """Whether a text begins as `aws … --output table` does."""
    return _TABLE.match(text) is not None


def is_text(text: str) -> bool:
    """Whether a text begins as `aws … --output text` does, for an answer that is known here."""
    return _TEXT.match(text) is not None


def is_description(text: str) -> bool:
    """Whether a text begins as `kubectl describe` does."""
    return _DESCRIPTION.match(text) is not None


def _parts(lines: list[str]) -> Iterator[tuple[str | None, list[str]]]:
    """The lines, parted where a command is echoed, a fence stands or another document begins."""
    command: str | None = None
    part: list[str] = []
    for line in lines:
        echoed = _echoed(line)
        if echoed is not None or _FENCE.fullmatch(line):
            yield command, part
            part = []
            command = echoed if echoed is not None else command
        elif line.startswith("apiVersion:") and any(p.startswith("apiVersion:") for p in part):
            yield command, part
            part = [line]
        else:
            part.append(line)
    yield command, part


def _echoed(line: str) -> str | None:
    match = _COMMAND.fullmatch(line.strip())
    return match[1] if match is not None and _READS.match(match[1]) else None


def _from_opening(lines: list[str]) -> str | None:
    """What begins as an output does, without the words before it."""
    for at in range(len(lines)):
        if not lines[at].strip():
            continue
        rest = "\n".join(lines[at : at + 40])
        if _opens(rest):
            return "\n".join(lines[at:])
    return None


def _opens(text: str) -> bool:
    return (
        _YAML.match(text) is not None
        or _JSON.match(text) is not None
        or _ERROR.match(text) is not None
        or is_table(text)
        or is_text(text)
        or is_description(text)
    )


__all__ = ["Output", "is_description", "is_table", "is_text", "outputs"]
