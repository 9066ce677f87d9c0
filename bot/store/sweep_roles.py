"""The roles that a running sweep has read, to be looked up by whom they trust and by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from bot.store.tables import sweep_roles, sweep_trusts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_ROWS: Final = 500
_NAMES: Final = 400
"""Of one query; SQLite takes 32,766 values, PostgreSQL's driver 32,767."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """A role as it is kept: by itself, or with its trust policy."""

    account: str
    name: str
    arn: str
    body: str | None = None
    """None: its trust policy names no OIDC provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRoles:
    """Looks them up."""

    engine: AsyncEngine

    async def trusting(self, sweep_id: str, issuer: str) -> list[RoleRow]:
        """The roles that trust an issuer."""
        found = select(
            sweep_roles.c.account, sweep_roles.c.name, sweep_roles.c.arn, sweep_roles.c.body
        ).join(
            sweep_trusts,
            (sweep_trusts.c.sweep_id == sweep_roles.c.sweep_id)
            & (sweep_trusts.c.account == sweep_roles.c.account)
            & (sweep_trusts.c.name == sweep_roles.c.name),
        )
        where = sweep_trusts.c.sweep_id == sweep_id, sweep_trusts.c.issuer == issuer
        async with self.engine.connect() as connection:
            rows = await connection.execute(found.where(*where))
            return [_role(row) for row in rows]

    async def named(self, sweep_id: str, account: str, names: Collection[str]) -> list[RoleRow]:
        """The roles of these names in an account, as far as there are any."""
        out: list[RoleRow] = []
        ordered = sorted(names)
        async with self.engine.connect() as connection:
            for start in range(0, len(ordered), _NAMES):
                found = select(
                    sweep_roles.c.account, sweep_roles.c.name, sweep_roles.c.arn, sweep_roles.c.body
                ).where(
                    sweep_roles.c.sweep_id == sweep_id,
                    sweep_roles.c.account == account,
                    sweep_roles.c.name.in_(ordered[start : start + _NAMES]),
                )
                out += [_role(row) for row in await connection.execute(found)]
        return out

    async def strangers(self, sweep_id: str, known: Collection[str]) -> dict[tuple[str, str], int]:
        """How many roles trust each issuer that is not known, by account and issuer."""
        found = select(sweep_trusts.c.account, sweep_trusts.c.issuer, sweep_trusts.c.name).where(
            sweep_trusts.c.sweep_id == sweep_id
        )
        out: dict[tuple[str, str], int] = {}
        async with self.engine.connect() as connection:
            async for row in await connection.stream(found):
                if row.issuer not in known:
                    where = (row.account, row.issuer)
                    out[where] = out.get(where, 0) + bool(row.name)
        return out


async def keep_roles(
    connection: AsyncConnection,
    sweep_id: str,
    account: str,
    roles: Iterable[RoleRow],
    trusts: Iterable[tuple[str, str]],
) -> None:
    """Put the roles of an account on record, in the transaction of the caller.

    Args:
        connection: The transaction.
        sweep_id: Of which sweep.
        account: ID.
        roles: All of its roles.
        trusts: (issuer, role name) for what its roles trust; an empty name for a provider alone.
    """
    rows = [
        {
            "sweep_id": sweep_id,
            "account": role.account,
            "name": role.name,
            "arn": role.arn,
            "body": role.body,
        }
        for role in roles
    ]
    pairs = [
        {"sweep_id": sweep_id, "issuer": issuer, "account": account, "name": name}
        for issuer, name in dict.fromkeys(trusts)
    ]
    for table, values in ((sweep_roles, rows), (sweep_trusts, pairs)):
        for start in range(0, len(values), _ROWS):
            await connection.execute(table.insert(), values[start : start + _ROWS])


async def forget_roles(connection: AsyncConnection, sweep_id: str) -> None:
    """Let go of a sweep's roles, in the transaction of the caller."""
    for table in (sweep_roles, sweep_trusts):
        await connection.execute(delete(table).where(table.c.sweep_id == sweep_id))


def _role(row: Any) -> RoleRow:
    return RoleRow(account=row.account, name=row.name, arn=row.arn, body=row.body)
