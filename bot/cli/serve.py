"""`irsa serve`: the Slack bot."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.fleet_file import FleetFileError, load
from bot.log import configure
from bot.serve import options_of
from bot.serve import serve as run
from bot.settings import Settings, SettingsError
from bot.slack.identity import SlackUnusable
from bot.store.migrate import NewerDatabase
from bot.streams import why_of

_USAGE = 2


def serve(
    fleet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Fleet file; default: IRSA_FLEET_FILE, or fleet.yaml."),
    ] = None,
) -> None:
    """Run the Slack bot: in Socket Mode with SLACK_APP_TOKEN, in HTTP mode with SLACK_SIGNING_SECRET.

    Needs SLACK_BOT_TOKEN and a fleet file. Stops on SIGTERM or Ctrl-C, after what runs has finished.
    Exit status: 0 stopped, 2 bad configuration, or Slack, database or port not usable.
    """
    try:
        settings = Settings.from_environ(os.environ)
        options_of(settings)
        path = fleet or settings.fleet_file
        fleet_file = load(path)
    except (SettingsError, FleetFileError) as error:
        _fail(str(error))
    configure(level=settings.log_level, form=settings.log_format)
    try:
        asyncio.run(run(settings, fleet_file, os.environ, path=path, announce=_announce))
    except (SlackUnusable, NewerDatabase) as error:
        _fail(f"{error}.")
    except SQLAlchemyError as error:
        _fail(f"The database can't be used ({type(error).__name__}); check IRSA_DATABASE_URL.")
    except OSError as error:
        where = f"{settings.http_host}:{settings.http_port}"
        _fail(f"{where} can't be listened on ({why_of(error)}); set IRSA_HTTP_PORT.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", short_help="Run the Slack bot.")(serve)


def _announce(address: str) -> None:
    typer.echo(f"Ready. Listening on {address}", err=True)


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(_USAGE)
