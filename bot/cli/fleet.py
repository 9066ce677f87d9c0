"""`irsa fleet check|schema`: the fleet file, before the bot reads it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.fleet_file import FleetFileError, json_schema, load
from bot.fleet_file.load import MOST_BYTES, parse
from bot.streams import typed_input

if TYPE_CHECKING:
    from bot.fleet_file import FleetFile

fleet = typer.Typer(
    name="fleet", no_args_is_help=True, help="Check the fleet file, or print its schema."
)


@fleet.command(short_help="Say every fault, with file, line and column.")
def check(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="The fleet file; - reads standard input.")
    ],
) -> None:
    """Say every fault of a fleet file with file, line and column.

    Exit status: 0 right, 2 a fault, or the file can't be read.
    """
    try:
        file = _typed() if str(path) == "-" else load(path)
    except FleetFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    counts = (
        (len(file.fleet.accounts), "account"),
        (len(file.fleet.clusters), "cluster"),
        (len(file.channels), "channel"),
        (len(file.approvers), "approver rule"),
    )
    listed = ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counts)
    typer.echo(f"{path}: right; {listed}")


def _typed() -> FleetFile:
    """The fleet file on standard input; paths in it start at the folder in which the command runs."""
    typed_input()
    return parse(sys.stdin.buffer.read(MOST_BYTES + 1), Path("<stdin>"))


@fleet.command()
def schema() -> None:
    """Print the JSON schema, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2))


def register(app: typer.Typer) -> None:
    """Add the subcommands."""
    app.add_typer(fleet)
