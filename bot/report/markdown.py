"""A diagnosis as Markdown, for a ticket or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.checks.documentation import link_of, page_of
from diagnostics.proof.words import sentences
from diagnostics.result import Diagnosis, Status
from diagnostics.text.visible import visible, visible_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diagnostics.case import Question
    from diagnostics.result import Finding, Result


def markdown(answers: Sequence[Diagnosis | Question]) -> str:
    """Everything that the engine answered."""
    lines: list[str] = []
    for answer in answers:
        lines.extend(_diagnosis(answer) if isinstance(answer, Diagnosis) else _question(answer))
        lines.append("")
    return "\n".join(lines)


def _diagnosis(diagnosis: Diagnosis) -> Iterator[str]:
    target = diagnosis.target
    yield f"## {_prose(diagnosis.headline)}"
    yield ""
    yield f"- Verdict: {diagnosis.verdict.value.replace('_', ' ')}"
    yield f"- Cluster: {_code(target.cluster)}"
    name = f"{target.namespace}/{target.service_account or '?'}"
    yield f"- Service account: {_code(name)}"
    if diagnosis.role_arn is not None:
        yield f"- Role: {_code(diagnosis.role_arn)}"
    if diagnosis.advice is not None:
        yield f"- Advice: {_prose(diagnosis.advice)}"
    if diagnosis.proof is not None:
        yield f"- Proof: {_prose(sentences(diagnosis.proof))}"
    if diagnosis.root is not None and diagnosis.root.finding is not None:
        yield ""
        yield from _finding(diagnosis.root, diagnosis.root.finding)
    if diagnosis.correction is not None:
        yield ""
        yield f"### Corrected trust policy of {_code(diagnosis.correction.role_arn)}"
        yield ""
        for change in diagnosis.correction.changes:
            yield f"- {_prose(change)}"
        yield ""
        yield from _fenced(diagnosis.correction.diff, "diff")
    elif diagnosis.correction_blocked is not None:
        yield ""
        yield f"No correction is offered: {_prose(diagnosis.correction_blocked)}"
    if diagnosis.fixes:
        yield ""
        here = all(fix.command.startswith("kubectl ") for fix in diagnosis.fixes)
        on = f", on cluster {_code(target.cluster)}" if here else ""
        yield f"### To fix it{on}"
        yield ""
        yield from _fenced("\n".join(fix.command for fix in diagnosis.fixes), "sh")
    yield ""
    yield "| check | status | what |"
    yield "|---|---|---|"
    for result in diagnosis.results:
        yield f"| {result.code} | {_status(result)} | {_prose(_what(result))} |"


def _page(code: str) -> str:
    link = link_of(code)
    return page_of(code) if link is None else f"[{code}]({link})"


def _finding(result: Result, finding: Finding) -> Iterator[str]:
    yield f"### {result.code} {_prose(result.title)}"
    yield ""
    yield f"- Where: {_code(str(finding.place))}"
    yield f"- Seen: {_code(finding.seen)}"
    yield f"- Expected: {_code(finding.wanted, visible_words)}"
    yield f"- Why: {_prose(finding.why)}"
    yield f"- Fix: {_prose(finding.next)}"
    yield f"- More: {_page(result.code)}"
    if finding.note:
        yield f"- Note: {_prose(finding.note)}"


def _question(question: Question) -> Iterator[str]:
    yield f"**{_prose(question.text)}**"
    for candidate in question.candidates:
        target = candidate.target
        name = f"{target.namespace}/{target.service_account or target.workload}"
        yield f"- {_code(name)} on {_code(target.cluster)}: {_prose(candidate.reason)}"


def _status(result: Result) -> str:
    return "could not check" if result.status is Status.ERROR else result.status.value


def _what(result: Result) -> str:
    if result.finding is not None:
        return result.finding.headline
    return f"{result.title}{f': {result.reason}' if result.reason else ''}"


def _prose(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_<>[]|" else c for c in " ".join(text.split()))


def _code(text: str, spelled: Callable[[str], str] = visible) -> str:
    """Literal text, its fence longer than any run of backquotes in it."""
    shown = spelled(text) or " "
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if len(fence) > 1 else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _fenced(text: str, language: str) -> Iterator[str]:
    fence = "`" * max(3, _longest_run(text) + 1)
    yield f"{fence}{language}"
    yield text.rstrip("\n")
    yield fence


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
