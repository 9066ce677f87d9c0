"""The database engine, with what each database needs to be shared safely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

_BUSY_MILLISECONDS = 20_000
_CONNECTIONS = 3
"""To one SQLite file. SQLite waits by sleeping and trying again, so a hundred at once overtake each other until one has
waited too long; in the queue for a connection, who came first is first."""
_TURN_SECONDS = 30.0


def make_engine(url: str) -> AsyncEngine:
    """Make an engine; nothing is connected yet.

    SQLite runs in WAL mode, and each transaction takes the write lock when it begins: two processes on one
    file then wait for each other, where a lock taken later would make one of them fail.

    Source: SQLAlchemy, "SQLite", "Serializable isolation / Savepoints / Transactional DDL".
    """
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=5)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_TURN_SECONDS,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
