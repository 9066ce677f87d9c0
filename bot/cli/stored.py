"""What a command reads from the bot's database, and the one sentence where it can't."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.store.migrate import NewerDatabase

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import TypeVar

    Found = TypeVar("Found")

USAGE = 2


def stored(work: Coroutine[object, object, Found]) -> Found:
    """Run what reads the database of IRSA_DATABASE_URL; end with a sentence and status 2 where it can't be read."""
    try:
        return asyncio.run(work)
    except NewerDatabase as error:
        _refuse(f"{error}.")
    except BrokenPipeError:
        raise  # whoever read what is printed has gone
    except (SQLAlchemyError, OSError) as error:
        # Its own words may hold the address, and with it the password.
        _refuse(f"the database of IRSA_DATABASE_URL can't be read: {type(error).__name__}")


def missing_file(url: str) -> Path | None:
    """The file of a SQLite database that nobody has made yet; None where there is one, or another database.

    Opening it would make an empty one in whatever folder the command runs in.
    """
    read = make_url(url)
    if read.get_backend_name() != "sqlite" or read.database in {None, "", ":memory:"}:
        return None
    file = Path(str(read.database))
    return None if file.exists() else file


def _refuse(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(USAGE)
