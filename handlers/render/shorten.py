"""What a phone has room for: long names shortened where nothing is lost, and diffs without their trimmings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.languages import speak
from diagnostics.text.visible import visible
from diagnostics.text.whole_number import whole_number
from handlers.blockkit import build, clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnostics.result import Diagnosis, Place
    from handlers.blockkit import Block

_ISSUER: Final = re.compile(
    r"oidc\.eks[a-z-]*\.[a-z0-9.-]{2,60}/id/([0-9A-F]{4})[0-9A-F]{24}([0-9A-F]{4})"
)
"""An issuer of EKS without its scheme."""
_ANNOTATION: Final = re.compile(r"metadata\.annotations\[([^\]]+)\]")
_POINTER: Final = re.compile(r"/Statement(?:/[^\s/]*)*")
_NUMBERED: Final = re.compile(r"/Statement/([0-9]{1,5})(?![0-9/])")
_BESIDE: Final = 1
"""Lines of context that an excerpt keeps on either side of a change."""
_LINES: Final = 16
"""Lines of an excerpt: more fill a phone by themselves."""
_BRACKETS: Final = re.compile(r"[\s{}\[\],]+")
_LISTED: Final = re.compile(
    r"(?:arn:|system:|https:|oidc\.eks|…/id/)[^\s,]+|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,20}"
)
_MORE: Final = re.compile(r"… \(\D{0,20}([0-9]{1,5})\D{1,20}\)")
"""The end of a list that a check has shortened already."""
_CODE: Final = re.compile(
    r"`([^`\n]{1,900})`"
    r"|(?<![^\s])(?:[a-z0-9.-]{1,253}/[A-Za-z0-9._-]{1,63}=)?arn:aws[a-z-]{0,12}:[\w+=.@:/-]{1,600}(?<![:.])",
    re.ASCII,
)
"""What is shown as code: text in backquotes, and an ARN that no quotes enclose, with the key that it is a value of."""


def short_issuers(*texts: str) -> tuple[str, ...]:
    """The texts with issuers of EKS as `…/id/5A1B…5A41`; unchanged where two would then look the same."""
    found = {
        match[0]: f"…/id/{match[1]}…{match[2]}" for t in texts for match in _ISSUER.finditer(t)
    }
    if len(set(found.values())) < len(found):
        return texts
    shortened = tuple(_ISSUER.sub(lambda match: found[match[0]], text) for text in texts)
    return shortened if len(set(shortened)) == len(set(texts)) else texts


def short_place(place: Place, diagnosis: Diagnosis) -> str:
    """Where a finding is, without what the reply says already: `statement 1, StringEquals, sub`."""
    parts: list[str] = []
    role = RoleArn.parse(diagnosis.role_arn or "")
    if place.field is not None:
        field = _ANNOTATION.sub(lambda key: speak("annotation {key}", key=key[1]), place.field)
        parts.append(_POINTER.sub(lambda match: _path(match[0]), field))
    target = diagnosis.target
    named = (diagnosis.role_arn, f"serviceaccount {target.namespace}/{target.service_account}")
    if place.object.removeprefix("role ") not in named or not parts:
        parts.append(place.object)
    said = {f"cluster {target.cluster}", f"account {role.account if role else ''}"}
    if place.where not in said:
        parts.append(place.where)
    return short_issuers(" · ".join(parts))[0]


def _path(pointer: str) -> str:
    """A JSON pointer into a trust policy, as people say it."""
    words: list[str] = []
    for raw in pointer.split("/")[1:]:
        step = raw.replace("~1", "/").replace("~0", "~")
        number = whole_number(step, digits=5)
        if number is not None and words:
            words[-1] = f"{words[-1].lower()} {number + 1}"
        elif step != "Condition":
            words.append(step.rpartition(":")[2] if _ISSUER.search(step) else step)
    return "statements" if words == ["Statement"] else ", ".join(words)


def numbered(text: str) -> str:
    """A sentence with `/Statement/1` as `statement 2`, as the reply names the place too."""
    return _NUMBERED.sub(lambda match: f"statement {int(match[1]) + 1}", text)


def excerpt(diff: str) -> tuple[str, int]:
    """The changed lines of a unified diff with a line around them, moved left and with short issuers.

    Returns:
        The text, and how many of its lines are left out because they are too many.
    """
    kept: list[str] = []
    hunk: list[str] = []
    for line in [*_body(diff), "@@"]:
        if not line.startswith("@@"):
            hunk.append(line)
            continue
        near = _near(hunk)
        if near:
            kept += ["⋯", *near] if kept else near
        hunk = []
    kept = _folded(kept)
    margins = [len(line) - len(line[1:].lstrip(" ")) - 1 for line in kept if line[1:].strip()]
    margin = min(margins, default=0)
    moved = [line if line == "⋯" else f"{line[:1]} {line[1 + margin :]}" for line in kept]
    left_out = max(len(moved) - _LINES, 0)
    return short_issuers("\n".join(moved[:_LINES]))[0], left_out


def _body(diff: str) -> list[str]:
    lines = diff.splitlines()
    if len(lines) > 1 and lines[0].startswith("--- ") and lines[1].startswith("+++ "):
        return lines[2:]
    return lines


def _near(hunk: Sequence[str]) -> list[str]:
    changed = [index for index, line in enumerate(hunk) if line[:1] in ("+", "-")]
    if not changed:
        return []
    wanted = {i + step for i in changed for step in range(-_BESIDE, _BESIDE + 1)}
    return [line for index, line in enumerate(hunk) if index in wanted]


def _folded(lines: Sequence[str]) -> list[str]:
    """The lines with those that hold brackets alone behind the one before, as long as both are of one kind."""
    kept: list[str] = []
    for line in lines:
        if line == "⋯" or not _BRACKETS.fullmatch(line[1:]):
            kept.append(line)
        elif line[:1] == " ":
            continue
        elif kept and kept[-1][:1] == line[:1]:
            kept[-1] = f"{kept[-1]} {line[1:].strip()}"
        else:
            kept.append(line)
    return kept


def several(text: str, *, most: int = 3) -> list[str]:
    """The values of a list such as `a,b,c`, each to be shown by itself; one value where it is none."""
    values = text.split(",")
    more = _MORE.fullmatch(values[-1]) if len(values) > 1 else None
    if more is not None:
        values.pop()
    if (len(values) == 1 and more is None) or not all(map(_LISTED.fullmatch, values)):
        return [text]
    left_out = max(len(values) - most, 0) + (int(more[1]) if more is not None else 0)
    if not left_out:
        return values
    return [*values[:most], f"… ({speak('{count} more', count=left_out)})"]


def policy_text(text: str) -> str | None:
    """A policy or a statement that is given as one line of JSON, in lines of a phone's width; None of other text."""
    if not text.startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    lines: list[str] = []
    for line in json.dumps(document, indent=2, ensure_ascii=False).split("\n"):
        bare = line.lstrip(" ")
        if lines and _BRACKETS.fullmatch(line):
            lines[-1] = f"{lines[-1]} {bare}"
        else:
            lines.append(f"{line[: len(line) - len(bare)]}{visible(bare)}")
    left_out = len(lines) - _LINES
    if left_out > 0:
        lines = [*lines[:_LINES], f"… ({speak('{count} more', count=left_out)})"]
    return "\n".join(lines)


def prose(text: str, *, limit: int = 700) -> list[str | Block]:
    """Runs of a sentence of ours, with what stands in backquotes and bare ARNs as code: rich text has no markup."""
    shown = clip(text, limit)
    runs: list[str | Block] = []
    end = 0
    for match in _CODE.finditer(shown):
        if match.start() > end:
            runs.append(shown[end : match.start()])
        runs.append(build.run(match[1] or match[0], code=True))
        end = match.end()
    if end < len(shown):
        runs.append(shown[end:])
    return runs or [" "]
