"""`irsa diagnose`: the same engine with the caller's own AWS credentials and kubeconfig, no Slack needed."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from bot.cli.own_fleet import own_fleet
from bot.clients import build_clients
from bot.evidence import (
    EvidenceClients,
    EvidenceError,
    cluster_of,
    fleet_of,
    hints_of,
    read_bundle,
)
from bot.evidence.documents import MAX_BYTES
from bot.fleet_file import load
from bot.given_file import encoding_of, read_given
from bot.report import markdown, report_of, terminal
from bot.streams import typed_input
from diagnostics.arn import RoleArn
from diagnostics.case import Case
from diagnostics.checks.documentation import documented_at
from diagnostics.errors import IrsaDoctorError
from diagnostics.fleet import KINDS, Hints, WorkloadRef
from diagnostics.iam.subject import PREFIX, is_subject
from diagnostics.pipeline import diagnose as run_diagnosis
from diagnostics.recognize import recognize
from diagnostics.result import Diagnosis, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.evidence import Bundle
    from diagnostics.case import Question
    from diagnostics.clients import Clients

MAX_INPUT = 1_000_000
"""Bytes of pasted text that are read."""
MAX_FAILURES = 5
"""Failures of one text that are diagnosed."""
_EXAMPLES = """\b
Examples:
  irsa diagnose -n payments --service-account api
  kubectl logs deploy/api | irsa diagnose -
  irsa diagnose --evidence account.yaml --evidence role.json
"""
MAX_NOTES = 10
"""Notes on evidence that no check reads."""


class Exit(IntEnum):
    """What the exit status says."""

    HEALTHY = 0
    CAUSE_FOUND = 1
    USAGE = 2
    """Bad usage or configuration, a target that is not clear among it."""
    NOT_ENOUGH_EVIDENCE = 3


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def diagnose(
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="The error as you have it; - reads standard input."),
    ] = None,
    *,
    cluster: Annotated[
        str | None, typer.Option(metavar="NAME", help="Cluster, by its fleet name.")
    ] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", metavar="NAME", help="Namespace.")
    ] = None,
    service_account: Annotated[
        str | None, typer.Option(metavar="NAME", help="Service account.")
    ] = None,
    workload: Annotated[
        str | None, typer.Option(metavar="KIND/NAME", help="Such as deployment/payments-api.")
    ] = None,
    role: Annotated[
        str | None, typer.Option(metavar="ARN", help="Role that the pod should assume.")
    ] = None,
    fleet: Annotated[
        Path | None,
        typer.Option(
            envvar="IRSA_FLEET_FILE",
            metavar="FILE",
            help="Fleet file. Without one: your own AWS credentials and the current kubeconfig context.",
        ),
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Output of read-only commands (kubectl get … -o yaml, aws … --output json), once per file; - "
            "for standard input. Without --fleet nothing else is read.",
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TEXT,
    docs: Annotated[
        str | None,
        typer.Option(
            envvar="IRSA_DOCS_URL",
            metavar="URL",
            help="Address of the docs, so that checks link their pages.",
        ),
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Also passing checks and every call.")
    ] = False,
) -> None:
    """Find why a pod cannot assume its IAM role.

    Exit status: 0 healthy, 1 a cause found, 2 bad usage or configuration, 3 not enough evidence.
    """
    hints = Hints(
        cluster=cluster,
        namespace=_name("--namespace", namespace, f"{PREFIX}{namespace}:any"),
        service_account=_name(
            "--service-account", service_account, f"{PREFIX}any:{service_account}"
        ),
        workload=_workload(workload),
        role_arn=_role(role),
    )
    try:
        bundle = _bundle(evidence, text) if evidence else None
        cases = _cases(_text(text), hints, evidence=bundle is not None)
        answers = asyncio.run(_diagnose(cases, fleet, _progress(), bundle))
    except IrsaDoctorError as error:
        _refuse(str(error))
    with documented_at(docs):
        _write(answers, output, details=details)
    raise typer.Exit(_status(answers))


def _workload(text: str | None) -> WorkloadRef | None:
    if text is None:
        return None
    kind, slash, name = text.partition("/")
    known = KINDS.get(kind.lower().removesuffix("s.apps")) or KINDS.get(kind.lower().rstrip("s"))
    if not slash or not name or known is None:
        _refuse(
            f"--workload {text!r}: expected KIND/NAME, such as deployment/payments-api "
            f"(kinds: {', '.join(sorted(set(KINDS.values())))})"
        )
    return WorkloadRef(kind=known, name=name)


def _name(option: str, text: str | None, subject: str) -> str | None:
    if text is not None and not is_subject(subject):
        _refuse(f"{option} {text[:80]!r}: no Kubernetes name; expected one such as payments-api")
    return text


def _role(text: str | None) -> str | None:
    if text is not None and RoleArn.parse(text) is None:
        _refuse(
            f"--role {text[:80]!r}: not the ARN of a role, such as arn:aws:iam::111122223333:role/api"
        )
    return text


def _text(argument: str | None) -> str | None:
    if argument != "-":
        return argument
    typed_input()
    raw = sys.stdin.buffer.read(MAX_INPUT + 1)
    if len(raw) > MAX_INPUT:
        _say(f"Standard input is over {MAX_INPUT:,} bytes; only the first part is read.")
    return raw[:MAX_INPUT].decode(encoding_of(raw), errors="replace")


def _cases(text: str | None, hints: Hints, *, evidence: bool = False) -> tuple[Case, ...]:
    symptoms = recognize(text) if text else ()
    if symptoms:
        if len(symptoms) > MAX_FAILURES:
            _say(
                f"The text holds {len(symptoms)} failures; the first {MAX_FAILURES} are diagnosed."
            )
        return tuple(Case(symptom=s, hints=hints) for s in symptoms[:MAX_FAILURES])
    if text and hints == Hints() and not evidence:
        _refuse(
            "The text holds no web-identity failure that is known here, and nothing else says what to check. "
            "Add --cluster, --namespace and --service-account."
        )
    if hints == Hints() and not evidence:
        _refuse(
            "Nothing to diagnose: pass the error text (or - for standard input), or --namespace and "
            "--service-account."
        )
    return (Case(hints=hints),)


def _bundle(files: Sequence[str], text: str | None) -> Bundle:
    """Read the evidence.

    Raises:
        EvidenceError: A file is not there, or holds no evidence.
    """
    if [text, *files].count("-") > 1:
        raise EvidenceError("standard input (-) can be read once only")
    bundle = read_bundle((name if name != "-" else "standard input", _raw(name)) for name in files)
    for words in bundle.passed_over[:MAX_NOTES]:
        _say(words)
    return bundle


def _raw(name: str) -> bytes:
    if name == "-":
        typed_input()
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        return read_given(Path(name), most=MAX_BYTES)
    except OSError as error:
        raise EvidenceError(f"{name}: {error.strerror or error}") from None


async def _diagnose(
    cases: Sequence[Case],
    fleet_file: Path | None,
    progress: Callable[[str], None],
    bundle: Bundle | None,
) -> tuple[Diagnosis | Question, ...]:
    if bundle is not None and fleet_file is None:
        alone = fleet_of(bundle)
        cluster = alone.clusters[0].name
        known = EvidenceClients(bundle, fleet=alone, cluster=cluster, now=_now)
        return await _answers(cases, known, hints_of(bundle, cluster), progress, "the evidence")
    if fleet_file is not None:
        fleet, defaults = load(fleet_file).fleet, Hints()
    else:
        own = await own_fleet(os.environ)
        fleet, defaults = own.fleet, Hints(cluster=own.current)
    async with build_clients(fleet) as io:
        if bundle is None:
            return await _answers(cases, io, defaults, progress)
        cluster = cluster_of(bundle, fleet, cases[0].hints.cluster)
        over = EvidenceClients(bundle, fleet=fleet, cluster=cluster, now=_now, inner=io)
        return await _answers(cases, over, hints_of(bundle, cluster), progress, "the evidence")


async def _answers(
    cases: Sequence[Case],
    io: Clients,
    defaults: Hints,
    progress: Callable[[str], None],
    defaults_from: str = "the current context",
) -> tuple[Diagnosis | Question, ...]:
    return tuple(
        [
            await run_diagnosis(
                replace(case, defaults=defaults, defaults_from=defaults_from),
                io,
                now=_now,
                progress=progress,
            )
            for case in cases
        ]
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _write(answers: Sequence[Diagnosis | Question], output: Format, *, details: bool) -> None:
    if output is Format.JSON:
        typer.echo(report_of(answers).model_dump_json(indent=2))
    elif output is Format.MARKDOWN:
        typer.echo(markdown(answers))
    else:
        Console().print(terminal(answers, details=details), soft_wrap=True)


def _status(answers: Sequence[Diagnosis | Question]) -> Exit:
    diagnoses = [a for a in answers if isinstance(a, Diagnosis)]
    verdicts = {d.verdict for d in diagnoses}
    if Verdict.CAUSE_FOUND in verdicts:
        return Exit.CAUSE_FOUND
    if len(diagnoses) < len(answers):
        return Exit.USAGE
    return Exit.NOT_ENOUGH_EVIDENCE if Verdict.NOT_ENOUGH_EVIDENCE in verdicts else Exit.HEALTHY


def _progress() -> Callable[[str], None]:
    if not sys.stderr.isatty():
        return lambda _words: None
    console = Console(stderr=True)
    return lambda words: console.print(words, style="dim", soft_wrap=True, highlight=False)


def _say(words: str) -> None:
    typer.echo(words, err=True)


def _refuse(words: str) -> NoReturn:
    typer.echo(f"irsa diagnose: {words}", err=True)
    raise typer.Exit(Exit.USAGE)


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    app.command(epilog=_EXAMPLES)(diagnose)
