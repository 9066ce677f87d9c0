"""`irsa recognize`: what a pasted text says, without reading anything else."""

from __future__ import annotations

import json
import sys
from typing import IO, TYPE_CHECKING, Annotated

import typer

from bot.given_file import encoding_of
from bot.streams import typed_input
from diagnostics.recognize import Symptom, find_secrets, recognize
from diagnostics.recognize.reasons import reason
from diagnostics.recognize.unwrap import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = (
    ("role", "role_as_written"),
    ("account", "account_id"),
    ("region", "region"),
    ("issuer", "issuer"),
    ("cluster", "cluster"),
    ("namespace", "namespace"),
    ("service account", "service_account"),
    ("workload", "workload"),
    ("pod", "pod"),
    ("SDK", "sdk"),
    ("request ID", "request_id"),
    ("source role", "source_role"),
    ("session name", "session_name"),
    ("time", "at"),
    ("federation", "federation"),
)
_LINE_LIMIT = 8 * LIMIT
"""Bytes of one line of NDJSON: a text of the greatest length, escaped."""


def recognize_command(
    text: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="The text, or - for standard input (the default)."),
    ] = None,
    *,
    ndjson: Annotated[
        bool,
        typer.Option("--ndjson", help='Read {"id","text"} lines, write one JSON line for each.'),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Answer in JSON, as --ndjson does for each line.")
    ] = False,
) -> None:
    """Say whether a text is a web-identity failure, of which kind, and what it names.

    Exit status: 0 recognised (with --ndjson: every line was read), 1 nothing recognised, 2 bad input.
    """
    if ndjson:
        if text not in {None, "-"}:
            typer.echo(
                "irsa recognize: --ndjson reads standard input; leave the text out", err=True
            )
            raise typer.Exit(2)
        typed_input()
        raise typer.Exit(_each_line(sys.stdin.buffer))
    if text is None or text == "-":
        typed_input()
        raw = sys.stdin.buffer.read(4 * LIMIT)
        text = raw.decode(encoding_of(raw), "replace")
    symptoms = recognize(text)
    for kind in find_secrets(text):
        typer.echo(f"The text holds {kind.value}: revoke it if anybody else has seen it.", err=True)
    if as_json:
        typer.echo(json.dumps(_answer(None, symptoms), indent=2, ensure_ascii=False))
        raise typer.Exit(0 if symptoms else 1)
    if not symptoms:
        typer.echo("Not recognised: no web-identity failure, and nothing that looks like one.")
        raise typer.Exit(1)
    typer.echo("\n\n".join(_described(symptom) for symptom in symptoms))


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    app.command("recognize", short_help="Say what a pasted error is and what it names.")(
        recognize_command
    )


def _described(symptom: Symptom) -> str:
    code = f" ({symptom.sts_error_code})" if symptom.sts_error_code else ""
    lines = [f"{symptom.kind.value}: {reason(symptom)}{code}"]
    if symptom.message:
        lines.append(f"  {'message':16}{symptom.message}")
    for label, field in _SHOWN:
        if (value := getattr(symptom, field)) is not None:
            lines.append(f"  {label:16}{value}")
    return "\n".join(lines)


def _each_line(source: IO[bytes]) -> int:
    """Answer each line; a line that can't be read is told on standard error and makes the status 2."""
    status = 0
    for number, line in enumerate(_lines(source), start=1):
        if not line.strip():
            continue
        try:
            identity, text = _entry(line)
        except ValueError as error:
            typer.echo(f"standard input:{number}: {error}", err=True)
            status = 2
            continue
        typer.echo(json.dumps(_answer(identity, recognize(text)), ensure_ascii=False))
    return status


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    while line := source.readline(_LINE_LIMIT):
        while not line.endswith(b"\n") and len(line) == _LINE_LIMIT:
            rest = source.readline(_LINE_LIMIT)
            if not rest or rest.endswith(b"\n"):
                break
        yield line


def _entry(line: bytes) -> tuple[object, str]:
    try:
        entry = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise ValueError('not a JSON object; expected {"id": …, "text": "…"}') from None
    text = entry.get("text") if isinstance(entry, dict) else None
    if isinstance(text, str):
        return entry.get("id"), text
    raise ValueError('no "text"; expected {"id": …, "text": "…"}')


def _answer(identity: object, symptoms: tuple[Symptom, ...]) -> dict[str, object]:
    """Write what the first symptom says; the first is the one that the bot would answer."""
    first = symptoms[0] if symptoms else None
    return {
        "id": identity,
        "recognised": first is not None,
        "kind": first.kind.value if first else None,
        "reason": reason(first) if first else None,
        "sts_error_code": first.sts_error_code if first else None,
        "sdk": first.sdk if first else None,
        "role_arn": (first.role_arn or first.role_as_written) if first else None,
        "account_id": first.account_id if first else None,
        "region": first.region if first else None,
        "oidc_issuer": first.issuer if first else None,
        "namespace": first.namespace if first else None,
        "service_account": first.service_account if first else None,
        "workload": first.workload if first else None,
        "request_id": first.request_id if first else None,
    }
