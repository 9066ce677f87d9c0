"""`irsa trust`: decide, explain and correct trust policies from files; no AWS account needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.cli.trust_case import Case, Exit, about_a_case, show_problems
from diagnostics.iam import Outcome, decide, narrow, ready_texts, refusals, repair, unified_diff
from diagnostics.iam.explain_text import explained
from diagnostics.iam.ndjson import ROWS, correction_row
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.iam import Repair

_EXIT = {Outcome.ALLOWED: Exit.ALLOWED, Outcome.UNDECIDED: Exit.UNDECIDED}

app = typer.Typer(
    no_args_is_help=True,
    help="Decide, explain or correct a role trust policy for one web identity.",
    short_help="Decide, explain or correct one trust policy.",
)

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def _finish(case: Case, status: Exit) -> NoReturn:
    """Report what IAM refuses on save, and end."""
    refused = refusals(case.policy)
    if refused:
        typer.echo("")
        certain = any(problem.certain for problem in refused)
        typer.echo("IAM refuses to save this policy:" if certain else "About saving this policy:")
        show_problems(refused, case.name)
        if certain:
            raise typer.Exit(Exit.BAD_INPUT)
    raise typer.Exit(status)


@about_a_case("evaluate")
def evaluate(
    case: Case,
    *,
    as_json: Json = False,
) -> None:
    """Decide one call: Allowed, ImplicitDeny, ExplicitDeny or Undecided.

    Exit status: 0 allowed, 1 denied, 2 bad input or refused by IAM on save, 3 undecided.
    """
    decision = decide(case.policy, case.request)
    status = _EXIT.get(decision.outcome, Exit.DENIED)
    if as_json:
        _json(case, "evaluate", status)
    typer.echo(decision.outcome.value)
    if decision.outcome is Outcome.ALLOWED and decision.statement is not None:
        typer.echo(f"by {case.policy.statements[decision.statement].pointer}")
    for reason in decision.reasons:
        typer.echo(f"{reason.pointer}: {reason.words}")
    for key in decision.undecided:
        typer.echo(f"unknown: {visible(key)}")
    _finish(case, status)


@about_a_case("explain")
def explain(
    case: Case,
    *,
    as_json: Json = False,
) -> None:
    """Show why: the element, the line, a caret under the first character that differs, and what fixes it.

    Exit status: as `irsa trust evaluate`.
    """
    status = _EXIT.get(decide(case.policy, case.request).outcome, Exit.DENIED)
    if as_json:
        _json(case, "explain", status)
    typer.echo(explained(case.policy, case.request, name=case.name))
    _finish(case, status)


@about_a_case("repair")
def correct(
    case: Case,
    *,
    as_json: Json = False,
    harden: Annotated[
        bool,
        typer.Option("--narrow", help="Close what the policy leaves open: missing sub, wildcards."),
    ] = False,
    ready: Annotated[
        bool, typer.Option("--ready", help="Also ready text for AWS CLI, Terraform and others.")
    ] = False,
) -> None:
    """Show the smallest edit that lets exactly this service account in, as a diff.

    Exit status: 0 corrected or right as it is, 1 a person must decide first, 2 bad input, 3 corrected but undecided.
    """
    fix = (narrow if harden else repair)(case.policy, case.request)
    if fix is None:
        typer.echo(
            json.dumps(_unchanged(case), indent=2)
            if as_json
            else "There is nothing to narrow for this call."
        )
        raise typer.Exit(Exit.ALLOWED)
    status = Exit.DENIED if fix.policy is None else _EXIT.get(fix.after, Exit.DENIED)
    if as_json:
        typer.echo(json.dumps(correction_row(fix), indent=2))
        raise typer.Exit(status)
    _show(case, fix, ready=ready)
    raise typer.Exit(status)


def _json(case: Case, command: str, status: Exit) -> NoReturn:
    typer.echo(json.dumps(ROWS[command](case.policy, case.request), indent=2))
    refused = any(problem.certain for problem in refusals(case.policy))
    raise typer.Exit(Exit.BAD_INPUT if refused else status)


def _unchanged(case: Case) -> dict[str, object]:
    """A correction that changes nothing, as JSON."""
    outcome = decide(case.policy, case.request).outcome.value
    return {
        "policy": case.policy.document,
        "changes": [],
        "decision_before": outcome,
        "decision_after": outcome,
    }


def _show(case: Case, fix: Repair, *, ready: bool) -> None:
    typer.echo(f"{fix.before.value} -> {fix.after.value}")
    if fix.policy is None or fix.blocked:
        typer.echo(fix.blocked or "")
    if fix.policy is None:
        return
    if not fix.changes:
        typer.echo("Nothing to correct.")
    for change in fix.changes:
        typer.echo(f"- {change.words} ({change.pointer})")
    diff = unified_diff(case.policy, fix.policy)
    if diff:
        typer.echo("\n" + diff)
    if fix.exceeds_quota:
        typer.echo(
            f"\nWarning: {fix.size:,} characters without white space pass the default quota of 2,048; raise it, "
            "merge statements, or use a second role."
        )
    if ready:
        for tool, text in ready_texts(case.request.role_arn, fix.policy):
            typer.echo(f"\n## {tool}\n{text}")


def register(parent: typer.Typer) -> None:
    """Add `irsa trust`."""
    commands: tuple[tuple[str, Callable[..., None], str], ...] = (
        ("evaluate", evaluate, "Say whether a call is allowed."),
        ("explain", explain, "Show what refuses it, with a caret, and what fixes it."),
        ("repair", correct, "Show the smallest edit that lets it in, as a diff."),
    )
    for name, command, short in commands:
        app.command(name, short_help=short)(command)
    parent.add_typer(app, name="trust")
