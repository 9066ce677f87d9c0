"""Bring a database to the newest schema, however many processes start at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from diagnostics.errors import IrsaDoctorError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

_LOCK = 0x1257A
"""Any number that only we lock."""
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class NewerDatabase(IrsaDoctorError):
    """A newer version of the bot has changed the database; the message says what to do."""


async def migrate(engine: AsyncEngine) -> None:
    """Run the migrations that are missing, in one transaction.

    Raises:
        NewerDatabase: This version is too old for the database.
    """
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def alembic_config() -> Config:
    """Where the migrations are."""
    from alembic.config import Config  # noqa: PLC0415  see `_upgrade`

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def newest() -> str:
    """The newest revision, of the names of the migrations: `v0005_channel_mutes.py` is 0005."""
    return max(file.name[1:5] for file in (_MIGRATIONS / "versions").glob("v[0-9]*_*.py"))


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    present, mine = _revision(connection), newest()
    if present == mine:
        return
    if present is not None and present > mine:
        raise NewerDatabase(
            f"the database is that of a newer version (schema {present}, this one knows {mine}): start that version, "
            "or restore the backup that was made before the upgrade"
        )
    # Here, because Alembic costs a tenth of the start, and most starts find nothing to do.
    from alembic import command  # noqa: PLC0415  see above

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
