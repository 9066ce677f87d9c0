"""A diagnosis for a terminal: the same words as in Slack, in the layout of a compiler's message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.syntax import Syntax
from rich.text import Text

from diagnostics.checks.documentation import page_of
from diagnostics.explain.glossary import meanings
from diagnostics.explain.to_run import introduced
from diagnostics.languages import as_clause
from diagnostics.proof.words import sentences
from diagnostics.result import Diagnosis, Severity, Status, Verdict
from diagnostics.text.difference import marked
from diagnostics.text.visible import visible, visible_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from diagnostics.case import Question
    from diagnostics.result import Finding, Result

_VERDICTS: Final = {
    Verdict.CAUSE_FOUND: ("cause found", "bold red"),
    Verdict.HEALTHY: ("healthy", "bold green"),
    Verdict.NOT_ENOUGH_EVIDENCE: ("not enough evidence", "bold yellow"),
}
_STATUSES: Final = {
    Status.PASS: "passed",
    Status.FAIL: "failed",
    Status.ERROR: "could not check",
    Status.NOT_CHECKED: "not checked",
}


def terminal(answers: Sequence[Diagnosis | Question], *, details: bool = False) -> RenderableType:
    """Everything that the engine answered; with `details` also the passing checks and all calls."""
    parts: list[RenderableType] = []
    for answer in answers:
        if parts:
            parts.append(Text())
        if isinstance(answer, Diagnosis):
            parts.extend(_diagnosis(answer, details=details))
        else:
            parts.extend(_question(answer))
    return Group(*parts)


def _diagnosis(diagnosis: Diagnosis, *, details: bool) -> Iterator[RenderableType]:
    words, style = _VERDICTS[diagnosis.verdict]
    yield Text.assemble((words, style), ": ", (diagnosis.headline, "bold"))
    yield from _where(diagnosis)
    if diagnosis.advice is not None:
        yield Text(f"  {diagnosis.advice}")
    if diagnosis.proof is not None:
        yield Text(f"  {sentences(diagnosis.proof)}")
    if diagnosis.root is not None and diagnosis.root.finding is not None:
        yield Text()
        below = frozenset(fix.command for fix in diagnosis.fixes)
        yield from _finding(
            diagnosis.root, diagnosis.root.finding, diagnosis.target.cluster, root=True, but=below
        )
    if diagnosis.correction is not None:
        yield Text()
        yield Text(f"corrected trust policy of {diagnosis.correction.role_arn}", style="bold")
        for change in diagnosis.correction.changes:
            yield Text(f"  {change}")
        yield Syntax(diagnosis.correction.diff, "diff", background_color="default")
        if diagnosis.correction.exceeds_quota:
            yield Text("  warning: passes IAM's default trust policy quota of 2,048 characters")
    elif diagnosis.correction_blocked is not None:
        yield Text(f"no correction offered: {diagnosis.correction_blocked}")
    if diagnosis.fixes:
        yield Text()
        here = all(fix.command.startswith("kubectl ") for fix in diagnosis.fixes)
        on = f", on cluster {diagnosis.target.cluster}" if here else ""
        yield Text(f"to fix it{on}", style="bold")
        for fix in diagnosis.fixes:
            yield Text(f"  {fix.command}", style="cyan")
    yield from _handed_over(diagnosis)
    yield from _others(diagnosis, details=details)


def _handed_over(diagnosis: Diagnosis) -> Iterator[Text]:
    """Whose word facts are that were not read, and what to run for those that are missing."""
    sources = dict.fromkeys(c.handed_over for c in diagnosis.calls if c.handed_over is not None)
    if sources:
        yield Text()
        yield Text(f"not read by irsa: taken from {', '.join(sources)}", style="dim")
    if diagnosis.ask:
        yield Text()
        yield Text(
            "or hand over the output of these, which only read, with --evidence FILE", "bold"
        )
        for command in diagnosis.ask:
            yield Text(f"  {command}", style="cyan")


def _where(diagnosis: Diagnosis) -> Iterator[Text]:
    target = diagnosis.target
    yield Text(f"  cluster          {target.cluster}")
    yield Text(f"  service account  {target.namespace}/{target.service_account or '?'}")
    if target.workload is not None:
        yield Text(f"  workload         {target.workload}")
    if diagnosis.role_arn is not None:
        yield Text(f"  role             {visible(diagnosis.role_arn)}")
    for how in target.how:
        yield Text(f"  found by         {how}", style="dim")


def _finding(
    result: Result,
    finding: Finding,
    cluster: str,
    *,
    root: bool = False,
    but: frozenset[str] = frozenset(),
) -> Iterator[Text]:
    likely = "likely " if finding.likely else ""
    yield Text.assemble(
        (f"{likely}{result.code}", "bold red"), f" {result.title if root else finding.headline}"
    )
    yield Text(f"  --> {finding.place}", style="dim")
    yield Text(f"  seen      {visible(finding.seen)}")
    yield Text(f"  expected  {visible_words(finding.wanted)}")
    if (caret := _caret(finding)) is not None:
        yield Text(f"            {caret}", style="bold red")
    yield Text(f"  why: {finding.why}")
    yield Text(f"  fix: {finding.next}", style="green")
    if finding.note:
        yield Text(f"  note: {finding.note}")
    for lead, command in introduced(finding, cluster):
        if command not in but:
            yield Text(f"  {as_clause(lead)}: {command}", style="cyan")
    for meaning in meanings(finding):
        yield Text(f"  {meaning}", style="dim")
    yield Text(f"  more: {page_of(result.code)}", style="dim")


def _caret(finding: Finding) -> str | None:
    """Point at the first difference of two values that are alike enough for that to help."""
    lines = marked(finding.seen, finding.wanted).splitlines()
    return lines[-1] if len(lines) > 1 and lines[-1].index("^") > 0 else None


def _others(diagnosis: Diagnosis, *, details: bool) -> Iterator[RenderableType]:
    yield Text()
    counts = ", ".join(f"{len(diagnosis.with_status(s))} {w}" for s, w in _STATUSES.items())
    reads = f"{len(diagnosis.calls)} read{'' if len(diagnosis.calls) == 1 else 's'}"
    yield Text(f"{counts}  ({reads} in {diagnosis.seconds:.1f} s)", style="dim")
    for result in diagnosis.with_status(Status.FAIL):
        if result is diagnosis.root or result.finding is None:
            continue
        kind = f"follows from {result.follows_from}" if result.follows_from else result.severity
        if details or result.severity is Severity.CAUSE:
            yield Text()
            yield from _finding(result, result.finding, diagnosis.target.cluster)
        else:
            yield Text(f"  {result.code} {result.finding.headline} ({kind})")
    yield from _unknown(diagnosis.with_status(Status.ERROR), details=details)
    if details:
        yield from _details(diagnosis)


def _unknown(results: Sequence[Result], *, details: bool) -> Iterator[Text]:
    """What could not be checked; what one and the same thing would enable is said once, but with `details`."""
    alike: dict[object, list[Result]] = {}
    for result in results:
        key = result.code if details else (result.reason, result.enable)
        alike.setdefault(key, []).append(result)
    for group in alike.values():
        first = group[0]
        if len(group) == 1:
            yield Text(f"  {first.code} {first.title}: could not check, because {first.reason}")
        else:
            yield Text(f"  {len(group)} checks could not be made, because {first.reason}")
            yield Text(f"      {', '.join(one.code for one in group)}", style="dim")
        if first.enable:
            yield Text(f"      to enable it: {first.enable}", style="dim")


def _details(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    for tool, text in diagnosis.correction.commands if diagnosis.correction else ():
        yield Text(f"the correction for {tool}", style="bold")
        yield Text(text)
    if diagnosis.hardening is not None:
        yield Text("offered, not needed: a narrower trust policy", style="bold")
        yield Syntax(diagnosis.hardening.diff, "diff", background_color="default")
    for status in (Status.PASS, Status.NOT_CHECKED):
        for result in diagnosis.with_status(status):
            why = f": {result.reason}" if result.reason else ""
            yield Text(f"  {result.code} {result.title}: {_STATUSES[status]}{why}", style="dim")
    for call in diagnosis.calls:
        yield Text(f"  {call.at:%H:%M:%S} {call} {call.outcome}", style="dim")


def _question(question: Question) -> Iterator[Text]:
    yield Text(question.text, style="bold")
    for candidate in question.candidates:
        target = candidate.target
        yield Text(
            f"  --cluster {target.cluster} --namespace {target.namespace}"
            f" --service-account {target.service_account or '?'}   {candidate.reason}"
        )
    if question.missing:
        flags = " ".join(f"--{name.replace('_', '-')}" for name in question.missing)
        yield Text(f"  say it with: {flags}")
