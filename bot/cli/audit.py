"""`irsa audit`: who asked for what and what became of it, and whether the record is whole."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.audit import AuditTrail, Entry
from bot.cli.stored import missing_file, stored
from bot.harmless import harmless
from bot.settings import Settings, SettingsError
from bot.store import open_store
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from bot.audit import Verified

_UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400}
_LONGEST: Final = 36_500 * 86_400
BROKEN: Final = 1
"""The exit code where the chain does not hold."""
COLUMNS: Final = tuple(field.name for field in fields(Entry))

Since = Annotated[
    str | None,
    typer.Option(
        metavar="AGE|TIME", help="Only what is newer: 30m, 12h, 7d, or a time such as 2026-11-01."
    ),
]


class Format(StrEnum):
    """How entries are written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def export(
    since: Since = None,
    form: Annotated[
        Format,
        typer.Option("--format", help="json: one object per line; csv: a table; or text."),
    ] = Format.JSON,
) -> None:
    """Print the audit trail with all its fields, oldest entry first."""
    now = datetime.now(UTC)
    try:
        start = None if since is None else moment(since, now=now)
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    stored(_print(_database(), start, form))


def verify(
    form: Annotated[
        Format, typer.Option("--format", help="text, or json: one object.")
    ] = Format.TEXT,
) -> None:
    """Read the whole chain, and say if it holds; exit with 1 where an entry was changed, added or removed."""
    if form is Format.CSV:
        typer.echo("--format: a verdict is no table; write text or json", err=True)
        raise typer.Exit(2)
    if not stored(_verify(_database(), form)):
        raise typer.Exit(BROKEN)


def audit(context: typer.Context, since: Since = None) -> None:
    """Print the audit trail, one line per entry, oldest first; or export it, or verify that it is whole.

    Exit status: 0 printed, 1 verify found a change, 2 bad usage, or a database that can't be read.
    """
    if context.invoked_subcommand is None:
        export(since=since, form=Format.TEXT)


def _database() -> str:
    try:
        url = Settings.from_environ(os.environ).database_url.get_secret_value()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if (file := missing_file(url)) is not None:
        typer.echo(
            f"there is no database {file} here; run this where the bot runs, or set IRSA_DATABASE_URL",
            err=True,
        )
        raise typer.Exit(2)
    return url


async def _print(url: str, since: datetime | None, form: Format) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    if form is Format.CSV:
        table.writerow(COLUMNS)
    async with open_store(url, now=_now) as store:
        async for entry in AuditTrail(engine=store.engine, now=_now).entries(since=since):
            if form is Format.CSV:
                table.writerow(_cells(entry))
            else:
                typer.echo(_json(entry) if form is Format.JSON else line(entry))


async def _verify(url: str, form: Format) -> bool:
    async with open_store(url, now=_now) as store:
        found = await AuditTrail(engine=store.engine, now=_now).verify()
    if form is Format.JSON:
        typer.echo(json.dumps({**asdict(found), "whole": not found.faults}))
    else:
        for words in verdict(found):
            typer.echo(words)
    return not found.faults


def verdict(found: Verified) -> tuple[str, ...]:
    """What a reading of the chain came to, in sentences."""
    count = f"{found.entries} entr{'y' if found.entries == 1 else 'ies'}"
    lines = [f"BROKEN: {fault}." for fault in found.faults]
    if not lines:
        lines = [f"The chain of {count} holds.", f"Newest hash: {found.head}"]
        lines.append(
            "Compare it with the last `audit` line of the log: a record that was cut off at its end holds too."
        )
    if found.unchained:
        lines.append(f"{found.unchained} older entries were written before there was a chain.")
    return tuple(lines)


def line(entry: Entry) -> str:
    """One entry on one line, control characters spelled out."""
    parts = [
        f"#{entry.number}",
        f"{entry.at:%Y-%m-%d %H:%M:%S} UTC",
        f"{entry.action} {entry.decision}",
        f"by {entry.user or 'nobody'}",
    ]
    if entry.channel:
        parts.append(f"in {entry.channel}")
    if entry.plan_id:
        parts.append(f"plan {entry.plan_id}")
    if entry.words:
        parts.append(entry.words)
    return visible("  ".join(parts)).replace("\n", " ").replace("\r", " ")


def moment(text: str, *, now: datetime) -> datetime:
    """Read a time, or how long ago it was.

    Raises:
        ValueError: If it is neither; the message says what is expected.
    """
    if (ago := re.fullmatch(r"(\d{1,9})([mhd])", text, re.ASCII)) is not None:
        seconds = min(int(ago[1]) * _UNITS[ago[2]], _LONGEST)
        return now - timedelta(seconds=seconds)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"--since: {text[:60]!r} is neither an age such as 7d nor a time such as 2026-11-01T00:00:00Z"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _json(entry: Entry) -> str:
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()})


def _cells(entry: Entry) -> list[str]:
    values = {**asdict(entry), "at": entry.at.isoformat()}
    return ["" if (v := values[c]) is None else harmless(str(v)) for c in COLUMNS]


def _now() -> datetime:
    return datetime.now(UTC)


def register(app: typer.Typer) -> None:
    """Add the command, with its subcommands."""
    group = typer.Typer(rich_markup_mode=None)
    group.callback(invoke_without_command=True)(audit)
    group.command()(export)
    group.command(short_help="Say whether the record is whole.")(verify)
    app.add_typer(group, name="audit", short_help="Print, export or verify the audit trail.")
