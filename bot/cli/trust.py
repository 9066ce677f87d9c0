"""`irsa trust`: decide, explain and correct trust policies from files; no AWS account needed."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from urllib.parse import unquote

import typer

from diagnostics.arn import RoleArn, provider_arn
from diagnostics.iam import (
    Outcome,
    PolicyError,
    TrustPolicy,
    WebIdentityRequest,
    decide,
    narrow,
    parse,
    ready_texts,
    repair,
    unified_diff,
)
from diagnostics.iam.explain_text import explained
from diagnostics.iam.json_text import MAX_CHARACTERS, write
from diagnostics.iam.ndjson import ROWS, answer
from diagnostics.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

    from diagnostics.iam import Problem, Repair


class Exit(IntEnum):
    """What the exit status says."""

    ALLOWED = 0
    """Allowed; for `repair`, corrected or right as it is."""
    DENIED = 1
    """Denied; for `repair`, a person must decide first."""
    BAD_INPUT = 2
    """Bad usage, or a policy that can't be read or that IAM refuses to save."""
    UNDECIDED = 3


_EXIT = {Outcome.ALLOWED: Exit.ALLOWED, Outcome.UNDECIDED: Exit.UNDECIDED}

app = typer.Typer(
    no_args_is_help=True,
    help="Decide, explain or correct a role trust policy for one web identity.",
)

PolicyFile = Annotated[
    str,
    typer.Argument(
        help="The policy, or the answer of `aws iam get-role`; with --ndjson one case a line. "
        "- reads standard input."
    ),
]
Provider = Annotated[
    str | None, typer.Option(help="ARN of the IAM OIDC provider, or the issuer's URL.")
]
Sub = Annotated[str | None, typer.Option(help="Subject: system:serviceaccount:<namespace>:<name>.")]
Aud = Annotated[list[str] | None, typer.Option(help="Audience; sts.amazonaws.com by default.")]
Role = Annotated[str | None, typer.Option(help="ARN of the role.")]
Session = Annotated[str | None, typer.Option(help="Role session name of the call.")]
Context = Annotated[
    list[str] | None, typer.Option(help="Further condition key, as in aws:SourceIp=203.0.113.9.")
]
Open = Annotated[
    bool,
    typer.Option(
        "--open-context",
        help="Treat what only STS knows (source IP, VPC, time …) as unknown, not as absent.",
    ),
]
Ndjson = Annotated[bool, typer.Option("--ndjson", help="Many cases, one JSON object a line.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@dataclass(frozen=True, slots=True)
class _Case:
    policy: TrustPolicy
    request: WebIdentityRequest
    name: str


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(Exit.BAD_INPUT)


def _read(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.read(MAX_CHARACTERS + 1)
        with Path(path).open(encoding="utf-8") as file:
            return file.read(MAX_CHARACTERS + 1)
    except OSError as error:
        _fail(f"{path}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        _fail(f"{path}: is not UTF-8 at byte {error.start}")


def _unwrapped(text: str) -> tuple[str, str | None]:
    """The policy and role ARN in the answer of `aws iam get-role`; any other text as it is."""
    if text.lstrip()[:3].upper() == "%7B":
        return unquote(text), None
    if '"AssumeRolePolicyDocument"' not in text:
        return text, None
    try:
        outer = json.loads(text)
    except (ValueError, RecursionError):
        return text, None
    role = outer.get("Role", outer) if isinstance(outer, dict) else None
    if not isinstance(role, dict) or "AssumeRolePolicyDocument" not in role:
        return text, None
    document = role["AssumeRolePolicyDocument"]
    arn = role.get("Arn")
    inner = unquote(document) if isinstance(document, str) else write(document)
    return inner, arn if isinstance(arn, str) else None


def _problems(problems: Sequence[Problem], name: str, code: str) -> None:
    for problem in problems:
        kind = "error" if problem.certain else "note"
        typer.echo(f"{kind}[{problem.code if code == '' else code}]: {problem.words}")
        typer.echo(
            f"  --> {name}:{problem.line}:{problem.column} {problem.pointer or '(document)'}"
        )


def _case(  # noqa: PLR0917  the options of all three commands
    path: str,
    provider: str | None,
    sub: str | None,
    aud: list[str] | None,
    role: str | None,
    session: str | None,
    context: list[str] | None,
    open_context: bool,  # noqa: FBT001  as typer gives it
) -> _Case:
    name = "stdin" if path == "-" else path
    text, found_role = _unwrapped(_read(path))
    role = role or found_role
    missing = [o for o, v in (("--provider", provider), ("--sub", sub)) if v is None]
    if missing or provider is None or sub is None:
        _fail(
            f"{' and '.join(missing)} missing: say whose call to decide, as in --provider "
            "arn:aws:iam::111122223333:oidc-provider/ISSUER --sub system:serviceaccount:NAMESPACE:NAME"
        )
    try:
        policy = parse(text)
    except PolicyError as error:
        _problems(error.problems, name, "")
        _fail(f"{name}: this is no trust policy that IAM would save.")
    arn = _provider(provider, role)
    account = arn.split(":", 5)[4]
    partition = arn.split(":", 2)[1]
    audiences = aud or ["sts.amazonaws.com"]
    return _Case(
        policy,
        WebIdentityRequest(
            role_arn=role or f"arn:{partition}:iam::{account}:role/ROLE",
            provider_arn=arn,
            claims={
                "iss": "https://" + arn.partition(":oidc-provider/")[2],
                "sub": sub,
                "aud": audiences,
            },
            session_name=session,
            context=_context(context or []),
            open_context=open_context,
        ),
        name,
    )


def _provider(text: str, role: str | None) -> str:
    if text.startswith("arn:") and ":oidc-provider/" in text:
        return text
    owner = RoleArn.parse(role) if role else None
    if not text.startswith("https://") or owner is None:
        _fail(
            f"--provider {visible(text[:200])}: must be an OIDC provider's ARN, or the issuer's https URL "
            "together with --role"
        )
    return provider_arn(partition=owner.partition, account=owner.account, issuer=text)


def _context(pairs: list[str]) -> dict[str, str | list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            _fail(
                f"--context {visible(pair[:200])}: must be KEY=VALUE, as in aws:SourceIp=203.0.113.9"
            )
        found.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else values for key, values in found.items()}


def _lines(stream: TextIO) -> Iterator[str]:
    """Lines of bounded length; a longer one is cut (and so refused) and its rest skipped."""
    while line := stream.readline(MAX_CHARACTERS + 1):
        if not line.endswith("\n") and len(line) > MAX_CHARACTERS:
            while (rest := stream.readline(MAX_CHARACTERS)) and not rest.endswith("\n"):
                pass
        if line.strip():
            yield line


def _many(path: str, command: str, *, open_context: bool) -> None:
    def run(stream: TextIO) -> None:
        for line in _lines(stream):
            sys.stdout.write(answer(line, command, open_context=open_context) + "\n")
        sys.stdout.flush()

    try:
        if path == "-":
            if hasattr(sys.stdin, "reconfigure"):
                sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
            run(sys.stdin)
        else:
            with Path(path).open(encoding="utf-8", errors="surrogateescape") as stream:
                run(stream)
    except OSError as error:
        _fail(f"{path}: {error.strerror or error}")


def _finish(case: _Case, status: Exit) -> NoReturn:
    """Report what IAM refuses on save, and end."""
    refusals = case.policy.refusals
    if refusals:
        typer.echo("")
        certain = any(problem.certain for problem in refusals)
        typer.echo("IAM refuses to save this policy:" if certain else "About saving this policy:")
        _problems(refusals, case.name, "")
        if certain:
            raise typer.Exit(Exit.BAD_INPUT)
    raise typer.Exit(status)


def evaluate(
    policy: PolicyFile = "-",
    *,
    provider: Provider = None,
    sub: Sub = None,
    aud: Aud = None,
    role: Role = None,
    session_name: Session = None,
    context: Context = None,
    open_context: Open = False,
    ndjson: Ndjson = False,
    as_json: Json = False,
) -> None:
    """Decide one call: Allowed, ImplicitDeny, ExplicitDeny or Undecided.

    Exit status: 0 allowed, 1 denied, 2 bad input or refused by IAM on save, 3 undecided.
    """
    if ndjson:
        _many(policy, "evaluate", open_context=open_context)
        return
    case = _case(policy, provider, sub, aud, role, session_name, context, open_context)
    decision = decide(case.policy, case.request)
    status = _EXIT.get(decision.outcome, Exit.DENIED)
    if as_json:
        _json(case, "evaluate", status)
    typer.echo(decision.outcome.value)
    if decision.outcome is Outcome.ALLOWED:
        typer.echo(f"by statement {decision.statement}")
    for reason in decision.reasons:
        typer.echo(f"{reason.pointer}: {reason.words}")
    for key in decision.undecided:
        typer.echo(f"unknown: {visible(key)}")
    _finish(case, status)


def explain(
    policy: PolicyFile = "-",
    *,
    provider: Provider = None,
    sub: Sub = None,
    aud: Aud = None,
    role: Role = None,
    session_name: Session = None,
    context: Context = None,
    open_context: Open = False,
    ndjson: Ndjson = False,
) -> None:
    """Show why: the element, the line, a caret under the first character that differs, and what fixes it.

    Exit status: as `irsa trust evaluate`.
    """
    if ndjson:
        _many(policy, "explain", open_context=open_context)
        return
    case = _case(policy, provider, sub, aud, role, session_name, context, open_context)
    typer.echo(explained(case.policy, case.request, name=case.name))
    outcome = decide(case.policy, case.request).outcome
    _finish(case, _EXIT.get(outcome, Exit.DENIED))


def correct(
    policy: PolicyFile = "-",
    *,
    provider: Provider = None,
    sub: Sub = None,
    aud: Aud = None,
    role: Role = None,
    session_name: Session = None,
    context: Context = None,
    open_context: Open = False,
    ndjson: Ndjson = False,
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
    if ndjson:
        _many(policy, "repair", open_context=open_context)
        return
    case = _case(policy, provider, sub, aud, role, session_name, context, open_context)
    fix = (narrow if harden else repair)(case.policy, case.request)
    if fix is None:
        typer.echo("There is nothing to narrow for this call.")
        raise typer.Exit(Exit.ALLOWED)
    status = Exit.DENIED if fix.policy is None else _EXIT.get(fix.after, Exit.DENIED)
    if as_json:
        _json(case, "repair", status)
    _show(case, fix, ready=ready)
    raise typer.Exit(status)


def _json(case: _Case, command: str, status: Exit) -> NoReturn:
    typer.echo(json.dumps(ROWS[command](case.policy, case.request), indent=2))
    refused = any(problem.certain for problem in case.policy.refusals)
    raise typer.Exit(Exit.BAD_INPUT if refused and command == "evaluate" else status)


def _show(case: _Case, fix: Repair, *, ready: bool) -> None:
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
    commands: tuple[tuple[str, Callable[..., None]], ...] = (
        ("evaluate", evaluate),
        ("explain", explain),
        ("repair", correct),
    )
    for name, command in commands:
        app.command(name)(command)
    parent.add_typer(app, name="trust")
