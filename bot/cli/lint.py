"""`irsa lint`: the offline checks on what bindings are made from."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from bot.given_file import read_given
from bot.lint import LintFileError, document_of, lines, sarif_of, sources
from bot.streams import typed_input
from diagnostics.lint import lint as run_lint
from diagnostics.lint import read_ignore_file
from diagnostics.result import Severity

if TYPE_CHECKING:
    from diagnostics.lint import IgnoreRule, LintReport, SourceFinding

IGNORE_FILE = ".irsa-doctor-ignore"
_MOST_IGNORED = 1_000_000
_EXAMPLES = """\b
Examples:
  irsa lint                                     # this folder
  irsa lint --fail-on cause --format sarif infra/
  helm template . | irsa lint -
  terraform show -json plan.out | irsa lint -
"""


class LintExit(IntEnum):
    """What the exit status says."""

    CLEAN = 0
    FOUND = 1
    USAGE = 2


class LintFormat(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class FailOn(StrEnum):
    """From which severity on findings end in exit status 1."""

    CAUSE = "cause"
    RISK = "risk"
    NEVER = "never"


def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files and folders; - reads standard input. Default: this folder.",
        ),
    ] = None,
    *,
    output: Annotated[
        LintFormat, typer.Option("--format", help="How to write it.")
    ] = LintFormat.TEXT,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit 1 for a cause only, for a risk as well, or never.")
    ] = FailOn.RISK,
    ignore_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"Suppressions: `path CODE because …` a line. Default: {IGNORE_FILE}.",
        ),
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Also what is ignored, and every note.")
    ] = False,
) -> None:
    """Find what will fail before it is applied: manifests, trust policies, Terraform, CloudFormation, eksctl.

    Exit status: 0 nothing found, 1 findings, 2 bad usage or a file that can't be read.
    """
    if "-" in (paths or ()):
        typed_input()
    rules, faults = _ignored(ignore_file)
    try:
        report = run_lint(sources(paths or ["."], sys.stdin.buffer), rules)
    except LintFileError as error:
        _refuse(str(error))
    if faults:
        report = _with(report, faults)
    if output is LintFormat.JSON:
        typer.echo(document_of(report).model_dump_json(indent=2))
    elif output is LintFormat.SARIF:
        typer.echo(json.dumps(sarif_of(report), indent=2))
    else:
        console = Console(soft_wrap=True, highlight=False)
        for line in lines(report, details=details):
            console.print(line)
    raise typer.Exit(_status(report, fail_on))


def _ignored(path: Path | None) -> tuple[list[IgnoreRule], list[SourceFinding]]:
    chosen = path or Path(IGNORE_FILE)
    if path is None and not chosen.is_file():
        return [], []
    try:
        raw = read_given(chosen, most=_MOST_IGNORED)
    except OSError as error:
        _refuse(f"--ignore-file {chosen}: {error.strerror or error}")
    if len(raw) > _MOST_IGNORED:
        _refuse(
            f"--ignore-file {chosen}: over {_MOST_IGNORED:,} bytes; it is a line per suppression"
        )
    return read_ignore_file(str(chosen), raw.decode("utf-8-sig", errors="replace"))


def _with(report: LintReport, faults: list[SourceFinding]) -> LintReport:
    return replace(report, findings=(*faults, *report.findings))


def _status(report: LintReport, fail_on: FailOn) -> LintExit:
    if fail_on is FailOn.NEVER:
        return LintExit.CLEAN
    counted = [f for f in report.open if fail_on is FailOn.RISK or f.weight is Severity.CAUSE]
    return LintExit.FOUND if counted else LintExit.CLEAN


def _refuse(words: str) -> NoReturn:
    typer.echo(f"irsa lint: {words}", err=True)
    raise typer.Exit(LintExit.USAGE)


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    app.command(
        short_help="Find faults in manifests, policies and Terraform before apply.",
        epilog=_EXAMPLES,
    )(lint)
