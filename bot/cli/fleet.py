"""`irsa fleet check|schema`: the fleet file, before the bot reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.fleet_file import FleetFileError, json_schema, load

fleet = typer.Typer(
    name="fleet", no_args_is_help=True, help="Check the fleet file, or print its schema."
)


@fleet.command(short_help="Say every fault, with file, line and column.")
def check(path: Annotated[Path, typer.Argument(metavar="FILE", help="The fleet file.")]) -> None:
    """Say every fault of a fleet file with file, line and column; exit status 2 if there is one."""
    try:
        file = load(path)
    except FleetFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(
        f"{path}: {len(file.fleet.accounts)} accounts, {len(file.fleet.clusters)} clusters, "
        f"{len(file.channels)} channels, {len(file.approvers)} approver rules"
    )


@fleet.command()
def schema() -> None:
    """Print the JSON schema, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2))


def register(app: typer.Typer) -> None:
    """Add the subcommands."""
    app.add_typer(fleet)
