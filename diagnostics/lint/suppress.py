"""Findings that somebody has decided to live with, and why.

In YAML and Terraform a comment: `# irsa-doctor: ignore IRSA416 because the debug role is for every team`. At the end
of a line it is about that line; on a line of its own it is about what begins on the next, to its end;
`ignore-file` is about the whole file. JSON has no comments: an ignore file names `path CODE because reason`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from diagnostics.lint.finding import SourceFinding, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_COMMENT: Final = re.compile(
    r"(?:#|//)[ \t]{0,8}irsa-doctor:[ \t]{0,8}(?P<what>ignore-file|ignore)\b(?P<rest>[^\r\n]{0,500})"
)
_CODES: Final = re.compile(r"[ \t]*(IRSA\d{3}(?:[ \t,]+IRSA\d{3})*)[ \t]*(.*)", re.DOTALL)
_REASON: Final = re.compile(r"(?:because|:|-|--)[ \t]*(\S.{2,})", re.DOTALL)
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One comment or line of an ignore file."""

    spot: Spot
    codes: frozenset[str]
    reason: str
    first: int
    """The first line that it is about."""
    last: int

    def covers(self, finding: SourceFinding) -> bool:
        """Whether it is about a finding."""
        return (
            finding.code in self.codes
            and finding.spot.file == self.spot.file
            and self.first <= finding.spot.line <= self.last
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRule:
    """One line of an ignore file."""

    spot: Spot
    pattern: str
    """Path with `*` and `?`."""
    codes: frozenset[str]
    reason: str

    def covers(self, finding: SourceFinding) -> bool:
        """Whether it is about a finding."""
        return finding.code in self.codes and self.is_about(finding.spot.file)

    def is_about(self, file: str) -> bool:
        """Whether the pattern fits a file."""
        return fnmatchcase(file.replace("\\", "/").removeprefix("./"), self.pattern)


def suppressions(file: str, text: str) -> tuple[list[Suppression], list[SourceFinding]]:
    """The comments of a text, and the faults of those that lack a code or a reason."""
    if "irsa-doctor:" not in text:
        return [], []
    lines = text.split("\n")
    found: list[Suppression] = []
    faults: list[SourceFinding] = []
    for number, line in enumerate(lines, start=1):
        match = _COMMENT.search(line) if "irsa-doctor:" in line else None
        if match is None:
            continue
        spot = Spot(file=file, line=number, column=match.start() + 1)
        read = _read(match["rest"])
        if read is None:
            faults.append(_faulty(spot, match[0]))
            continue
        if match["what"] == "ignore-file":
            first, last = 1, len(lines)
        elif line[: match.start()].strip():
            first = last = number
        else:
            first, last = _construct(lines, number)
        found.append(Suppression(spot=spot, codes=read[0], reason=read[1], first=first, last=last))
        if len(found) >= _MOST:
            break
    return found, faults


def read_ignore_file(file: str, text: str) -> tuple[list[IgnoreRule], list[SourceFinding]]:
    """The rules of an ignore file: `path IRSA416 because …`, one a line; `#` begins a comment."""
    found: list[IgnoreRule] = []
    faults: list[SourceFinding] = []
    for number, line in enumerate(text.split("\n")[:_MOST], start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pattern, _, rest = line.strip().partition(" ")
        spot = Spot(file=file, line=number, column=1)
        read = _read(rest)
        if read is None:
            faults.append(_faulty(spot, line))
        else:
            found.append(IgnoreRule(spot=spot, pattern=pattern, codes=read[0], reason=read[1]))
    return found, faults


def _read(rest: str) -> tuple[frozenset[str], str] | None:
    codes = _CODES.match(rest)
    reason = _REASON.match(codes[2].strip()) if codes else None
    if codes is None or reason is None:
        return None
    return frozenset(re.findall(r"IRSA\d{3}", codes[1])), reason[1].strip()


def _faulty(spot: Spot, seen: str) -> SourceFinding:
    return SourceFinding(
        code="IRSA003",
        spot=spot,
        object="suppression",
        headline="The suppression does not say which code it ignores and why.",
        seen=seen.strip()[:200],
        wanted="irsa-doctor: ignore IRSA416 because <reason>",
        next="Name the code, then `because` and the reason.",
    )


def _construct(lines: Sequence[str], comment: int) -> tuple[int, int]:
    """The lines of what begins after a comment: as long as lines are indented further, with its closing bracket."""
    first = comment + 1
    while first <= len(lines) and (
        not lines[first - 1].strip() or lines[first - 1].lstrip().startswith(("#", "//"))
    ):
        first += 1
    if first > len(lines):
        return comment, comment
    indent = _indent(lines[first - 1])
    last = first
    for number in range(first + 1, len(lines) + 1):
        line = lines[number - 1]
        if not line.strip():
            continue
        if _indent(line) > indent or (_indent(line) == indent and line.strip()[0] in ")]}"):
            last = number
        else:
            break
    return first, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def applied(
    findings: Iterable[SourceFinding],
    rules: Sequence[Suppression | IgnoreRule],
    needed: Callable[[Suppression | IgnoreRule], bool],
) -> list[SourceFinding]:
    """Mark what is ignored, and add a finding for each rule that matches nothing.

    Args:
        findings: Of all files.
        rules: Comments and lines of the ignore file.
        needed: Whether a rule that matches nothing may be said to be needless, given what was read.
    """
    used: set[int] = set()
    out = []
    by_file: dict[str, list[tuple[int, Suppression | IgnoreRule]]] = {}
    everywhere: list[tuple[int, Suppression | IgnoreRule]] = []
    for index, rule in enumerate(rules):
        if isinstance(rule, Suppression):
            by_file.setdefault(rule.spot.file, []).append((index, rule))
        else:
            everywhere.append((index, rule))
    for finding in findings:
        reason = None
        for index, rule in (*by_file.get(finding.spot.file, ()), *everywhere):
            if rule.covers(finding):
                used.add(index)
                reason = rule.reason
        out.append(replace(finding, suppressed=reason) if reason else finding)
    out.extend(
        SourceFinding(
            code="IRSA004",
            spot=rule.spot,
            object="suppression",
            headline=f"Nothing here has the fault {', '.join(sorted(rule.codes))}.",
            seen=f"ignore {', '.join(sorted(rule.codes))} because {rule.reason}"[:300],
            wanted="no suppression",
            next="Remove it.",
        )
        for index, rule in enumerate(rules)
        if index not in used and needed(rule)
    )
    return out
