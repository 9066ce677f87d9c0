"""`irsa sweep`: every binding of the fleet, before one of them pages somebody."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from bot.clients import build_clients
from bot.fleet_file import load
from bot.settings import Settings
from bot.store import open_store
from bot.store.sweeps import SweepRecords
from bot.sweep import (
    SWEEP_LIMITS,
    FleetSweepReader,
    SweepDocument,
    SweepState,
    document_of,
    read_document,
)
from bot.sweep.crew import sweeping
from bot.sweep.csv_table import csv_of
from bot.sweep.digest import digest_of
from bot.sweep.html import html_of
from bot.sweep.sarif_run import sarif_of
from bot.sweep.terminal import LiveProgress, report
from bot.sweep.watching import watch
from diagnostics.errors import IrsaDoctorError
from diagnostics.sweep import sweep as run_sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.fleet import Fleet
    from diagnostics.sweep import Progress


class SweepExit(IntEnum):
    """What the exit status says."""

    CLEAN = 0
    FOUND = 1
    USAGE = 2
    INCOMPLETE = 3
    """Nothing found, but a part of the fleet could not be read."""


class SweepFormat(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    SARIF = "sarif"
    HTML = "html"
    DIGEST = "digest"
    """Only what is new, for Slack; nothing where nothing is."""


class SweepFailOn(StrEnum):
    """From which severity on findings end in exit status 1."""

    CAUSE = "cause"
    RISK = "risk"
    NEW = "new"
    NEVER = "never"


def sweep(
    fleet: Annotated[
        Path, typer.Option(envvar="IRSA_FLEET_FILE", metavar="FILE", help="Fleet file.")
    ],
    *,
    output: Annotated[
        SweepFormat, typer.Option("--format", help="What goes to standard output.")
    ] = SweepFormat.TEXT,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write JSON here.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write HTML here.")
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write CSV here.")
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="JSON of an earlier sweep: say what is new and what is gone."
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep what is done in this file; the same command goes on after a crash.",
        ),
    ] = None,
    together: Annotated[
        bool,
        typer.Option(
            "--together",
            help="Take part in the sweep of the database IRSA_DATABASE_URL, or start it: on PostgreSQL with as many "
            "processes as there are, on SQLite alone. It keeps state and the last sweep.",
        ),
    ] = False,
    cluster: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only these clusters, by fleet name.")
    ] = None,
    at_once: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=256, help="Clusters and accounts read at the same time."
        ),
    ] = 16,
    fail_on: Annotated[
        SweepFailOn, typer.Option(help="Exit 1 for a cause, also a risk, only new ones, or never.")
    ] = SweepFailOn.CAUSE,
    details: Annotated[bool, typer.Option("--details", help="Every finding with its fix.")] = False,
) -> None:
    """Judge every service account's role in every cluster: broken, orphaned, stale and wide-open bindings.

    Exit status: 0 nothing found, 1 findings, 2 bad usage or configuration, 3 a part could not be read.
    """
    try:
        whole = load(fleet).fleet
        only = frozenset(whole.cluster(name).name for name in cluster or ())
        previous = read_document(since) if since else None
        if together:
            if since or state or cluster:
                _refuse(
                    "--together keeps state and the last sweep itself, and sweeps every cluster; leave out --since, "
                    "--state and --cluster"
                )
            document = asyncio.run(_together(whole, at_once))
        else:
            document = asyncio.run(_sweep(whole, only, previous, state, at_once))
        for path, text in (
            (json_file, lambda: document.model_dump_json(indent=1)),
            (html_file, lambda: html_of(document)),
            (csv_file, lambda: csv_of(document)),
        ):
            if path is not None:
                _write(path, text)
    except IrsaDoctorError as error:
        _refuse(str(error))
    except (SQLAlchemyError, OSError) as error:
        _refuse(f"the database of IRSA_DATABASE_URL can't be used: {type(error).__name__}")
    _print(document, output, details=details)
    raise typer.Exit(_status(document, fail_on))


async def _sweep(
    fleet: Fleet,
    only: frozenset[str],
    previous: SweepDocument | None,
    state: Path | None,
    at_once: int,
) -> SweepDocument:
    started = datetime.now(UTC)
    with ExitStack() as stack:
        kept = stack.enter_context(SweepState(state, fleet)) if state else None
        progress: Callable[[Progress], None] = stack.enter_context(
            LiveProgress(Console(stderr=True))
        )
        async with build_clients(fleet, limits=SWEEP_LIMITS) as clients:
            result = await run_sweep(
                FleetSweepReader(clients),
                now=lambda: datetime.now(UTC),
                progress=progress,
                done=kept.done if kept else None,
                keep=kept.keep if kept else None,
                at_once=at_once,
                only=only,
            )
        if kept is not None:
            kept.finish()
    return document_of(
        result, fleet, started=started, finished=datetime.now(UTC), previous=previous
    )


async def _together(fleet: Fleet, at_once: int) -> SweepDocument:
    now = partial(datetime.now, UTC)
    url = Settings.from_environ(os.environ).database_url.get_secret_value()
    async with (
        open_store(url, now=now) as store,
        build_clients(fleet, limits=SWEEP_LIMITS) as clients,
        sweeping(
            store.engine,
            FleetSweepReader(clients),
            SweepRecords(engine=store.engine, now=now, owner=store.queue.owner),
            now,
            at_once=at_once,
        ) as here,
    ):
        row = await here.records.begin(here.fleet)
        assert row is not None  # without a moment of the schedule there always is one
        sweep = here.sweep(row.id)
        with LiveProgress(Console(stderr=True)) as tell:
            watching = asyncio.create_task(watch(sweep, tell))
            try:
                await here.crew.carry_out(sweep)
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
        document = await sweep.document()
    if document is None:
        raise IrsaDoctorError("the sweep was given up by another process; run it again")
    return document


def _write(path: Path, text: Callable[[], str]) -> None:
    try:
        path.write_text(text(), encoding="utf-8")
    except OSError as error:
        _refuse(f"{path}: {error.strerror or error}")


def _print(document: SweepDocument, output: SweepFormat, *, details: bool) -> None:
    match output:
        case SweepFormat.JSON:
            typer.echo(document.model_dump_json(indent=1))
        case SweepFormat.CSV:
            typer.echo(csv_of(document), nl=False)
        case SweepFormat.SARIF:
            typer.echo(json.dumps(sarif_of(document), indent=1))
        case SweepFormat.HTML:
            typer.echo(html_of(document), nl=False)
        case SweepFormat.DIGEST:
            if words := digest_of(document):
                typer.echo(words)
        case SweepFormat.TEXT:
            console = Console(soft_wrap=True, highlight=False)
            for part in report(document, details=details):
                console.print(part)


def _status(document: SweepDocument, fail_on: SweepFailOn) -> SweepExit:
    counts = {
        SweepFailOn.CAUSE: document.sums.causes,
        SweepFailOn.RISK: len(document.findings),
        SweepFailOn.NEW: sum(1 for f in document.findings if f.new is not False),
        SweepFailOn.NEVER: 0,
    }
    if counts[fail_on]:
        return SweepExit.FOUND
    return SweepExit.INCOMPLETE if document.not_read else SweepExit.CLEAN


def _refuse(words: str) -> NoReturn:
    typer.echo(f"irsa sweep: {words}", err=True)
    raise typer.Exit(SweepExit.USAGE)


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    app.command(short_help="Judge every binding of every cluster of the fleet.")(sweep)
