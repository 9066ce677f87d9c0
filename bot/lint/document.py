"""Findings as JSON (versioned) and as SARIF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.sarif import SarifPlace, SarifResult, sarif, told
from diagnostics.result import Severity  # noqa: TC001  pydantic reads the annotation

if TYPE_CHECKING:
    from diagnostics.lint import LintReport, SourceFinding, Spot


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LintPlace(_Data):
    """A place in a file; line and column from 1."""

    file: str
    line: int
    column: int
    note: str | None = None


class LintedFinding(_Data):
    """One finding."""

    code: str
    severity: Severity
    place: LintPlace
    object: str
    title: str
    headline: str
    seen: str
    expected: str
    why: str
    fix: str
    source: str
    related: tuple[LintPlace, ...] = ()
    suppressed: str | None = None


class LintDocument(_Data):
    """What `irsa lint --format json` writes. Fields are only added within a version."""

    version: Literal[1] = 1
    files: int
    causes: int
    risks: int
    findings: tuple[LintedFinding, ...]
    notes: tuple[str, ...]


def document_of(report: LintReport) -> LintDocument:
    """The whole report."""
    return LintDocument(
        files=report.files,
        causes=report.causes,
        risks=len(report.open) - report.causes,
        findings=tuple(_finding(f) for f in report.findings),
        notes=report.notes,
    )


def _finding(finding: SourceFinding) -> LintedFinding:
    return LintedFinding(
        code=finding.code,
        severity=finding.weight,
        place=_place(finding.spot),
        object=finding.object,
        title=finding.rule.title,
        headline=finding.headline,
        seen=finding.seen,
        expected=finding.wanted,
        why=finding.rule.why,
        fix=finding.next,
        source=finding.rule.source,
        related=tuple(_place(spot, words) for spot, words in finding.related),
        suppressed=finding.suppressed,
    )


def _place(spot: Spot, note: str | None = None) -> LintPlace:
    return LintPlace(file=spot.file, line=spot.line, column=spot.column, note=note)


def sarif_of(report: LintReport) -> dict[str, Any]:
    """The report as SARIF."""
    return sarif((_result(f) for f in report.findings), command="irsa lint")


def _result(finding: SourceFinding) -> SarifResult:
    return SarifResult(
        code=finding.code,
        title=finding.rule.title,
        why=finding.rule.why,
        severity=finding.weight,
        text=told(finding.headline, seen=finding.seen, wanted=finding.wanted, fix=finding.next),
        place=SarifPlace(
            file=finding.spot.file,
            line=finding.spot.line,
            column=finding.spot.column,
            name=finding.object,
        ),
        related=tuple(
            SarifPlace(file=spot.file, line=spot.line, column=spot.column, words=note)
            for spot, note in finding.related
        ),
        suppressed=finding.suppressed,
    )
