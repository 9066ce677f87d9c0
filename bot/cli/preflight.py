"""`irsa preflight`: what of the fleet file works, before anybody needs it."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.clients import Limits
from bot.fleet_file import FleetFileError, load
from bot.manifest import manifest_document
from bot.preflight.document import report_of
from bot.preflight.found import listed_now
from bot.preflight.slack import check_slack
from bot.preflight.terminal import terminal
from bot.preflight.walk import preflight as walk
from bot.settings import Settings, SettingsError
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bot.fleet_file import FleetFile
    from bot.preflight.outcome import Place


class Exit(IntEnum):
    """What the exit status says."""

    WORKS = 0
    SOMETHING_MISSING = 1
    USAGE = 2


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


def preflight(
    fleet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Fleet file; default: IRSA_FLEET_FILE, or fleet.yaml."),
    ] = None,
    *,
    output: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TEXT,
    details: Annotated[bool, typer.Option("--details", help="Also what works.")] = False,
    inventory: Annotated[
        bool,
        typer.Option(
            "--inventory/--no-inventory",
            help="Also clusters that the fleet file does not name, as EKS lists them now.",
        ),
    ] = True,
    slack: Annotated[
        bool, typer.Option("--slack/--no-slack", help="Check Slack where SLACK_BOT_TOKEN is set.")
    ] = True,
) -> None:
    """Say, for each account and cluster of the fleet and for Slack, what works and what is missing.

    Clusters of the fleet's accounts, and of its organization's where the fleet file allows that, are tried too where
    only EKS lists them: up to 500, marked as found by inventory.

    Reads only: roles are assumed, each IAM action is tried by a harmless read, and the clusters are asked what the
    roles may do. Exit status: 0 everything works, 1 something is missing or gave no answer, 2 bad configuration.
    """
    try:
        settings = Settings.from_environ(os.environ)
        file = load(fleet or settings.fleet_file)
    except (SettingsError, FleetFileError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(Exit.USAGE) from None
    check = _slack(settings, file) if slack else None
    with _progress() as progress:
        outcome = asyncio.run(
            walk(
                file,
                os.environ,
                limits=Limits(),
                slack=check,
                links=settings.links,
                found=listed_now if inventory else None,
                progress=progress,
            )
        )
    if output is Format.JSON:
        typer.echo(report_of(outcome).model_dump_json(indent=2))
    else:
        Console().print(terminal(outcome, details=details), soft_wrap=True, highlight=False)
    raise typer.Exit(Exit.WORKS if outcome.works else Exit.SOMETHING_MISSING)


def _slack(settings: Settings, file: FleetFile) -> Callable[[], Awaitable[Place]] | None:
    token, app = settings.slack_bot_token, settings.slack_app_token
    if token is None:
        return None
    scopes = manifest_document(links=settings.links)["oauth_config"]["scopes"]
    return partial(
        check_slack,
        api_url=settings.slack_api_url,
        bot_token=token.get_secret_value(),
        app_token=None if app is None else app.get_secret_value(),
        scopes=scopes["bot"],
        optional=scopes.get("bot_optional", ()),
        channels=file.channels,
    )


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on the terminal; nothing where standard error is none."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _of: None
        return
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def told(name: str, done: int, of: int) -> None:
            bar.update(task, description=visible(name), completed=done, total=of)

        yield told


def register(app: typer.Typer) -> None:
    """Add the subcommand."""
    app.command(short_help="Say what of the fleet works, and what is missing.")(preflight)
