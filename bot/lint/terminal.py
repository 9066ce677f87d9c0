"""Findings in the layout of a compiler's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from diagnostics.result import Severity
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnostics.lint import LintReport, SourceFinding, Spot

_NOTHING = (
    "Nothing to check: no manifests, trust policies, Terraform, CloudFormation or eksctl configurations "
    "that IRSA has to do with"
)
_FEW = 3
"""Files of which each is named."""
_WORDS = {Severity.CAUSE: ("error", "bold red"), Severity.RISK: ("warning", "bold yellow")}


def lines(report: LintReport, *, details: bool = False) -> Iterator[Text]:
    """Everything that was found, and a sum; with `details` also what is ignored."""
    for finding in report.findings:
        if finding.suppressed is None:
            yield from _finding(finding)
        elif details:
            yield Text(
                f"{_place(finding.spot)}: {finding.code} ignored, because {visible(finding.suppressed)}",
                style="dim",
            )
    for note in report.notes if details else _together(report.notes):
        yield Text(f"note: {visible(note)}", style="dim")
    yield _sum(report)


def _together(notes: Sequence[str]) -> Iterator[str]:
    """The notes, with one for all files of which the same is to be said."""
    alike: dict[str, list[str]] = {}
    for note in notes:
        file, _, words = note.partition(": ")
        alike.setdefault(words, []).append(file)
    for words, files in alike.items():
        if len(files) <= _FEW:
            yield from (f"{file}: {words}" for file in files)
        else:
            yield f"{files[0]} and {len(files) - 1} more (--details): {words}"


def _finding(finding: SourceFinding) -> Iterator[Text]:
    word, style = _WORDS[finding.weight]
    yield Text.assemble(
        f"{_place(finding.spot)}: ",
        (f"{word} {finding.code}", style),
        f" {visible(finding.headline)}",
    )
    if finding.object != "file":
        yield Text(f"  in        {visible(finding.object)}", style="dim")
    if finding.seen:
        yield Text(f"  seen      {visible(finding.seen)}")
    if finding.wanted:
        yield Text(f"  expected  {visible(finding.wanted)}")
    yield Text(f"  why       {finding.rule.why}")
    if finding.next and finding.next != finding.headline:
        yield Text(f"  fix       {visible(finding.next)}", style="green")
    for spot, words in finding.related:
        yield Text(f"  see       {_place(spot)}: {words}")


def _place(spot: Spot) -> str:
    """Where it is; a file's name may hold anything, line breaks too."""
    return visible(str(spot))


def _sum(report: LintReport) -> Text:
    ignored = len(report.findings) - len(report.open)
    risks = len(report.open) - report.causes
    parts = [
        _count(report.causes, "error"),
        _count(risks, "warning"),
        *([f"{ignored} ignored"] if ignored else []),
    ]
    if not report.files and not report.findings:
        return Text(_NOTHING, style="dim")
    where = f"in {_count(report.files, 'file')} that hold something to check"
    if report.files == 1:
        where = "in 1 file that holds something to check"
    return Text(f"{', '.join(parts)} {where}", style="bold" if report.open else "dim")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
