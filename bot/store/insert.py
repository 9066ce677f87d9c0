"""Insert a row unless it is there already: the first of several wins, on either database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_once(
    connection: AsyncConnection, table: Table, values: Mapping[str, object]
) -> bool:
    """Insert; False where a row of that key exists. A rival's open transaction is waited for."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    done = await connection.execute(make(table).values(**values).on_conflict_do_nothing())
    return done.rowcount == 1
