"""The audit trail: complete, chained, and readable from the command line."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from bot.__main__ import app
from bot.audit import AuditTrail, Verified
from bot.store import open_store
from bot.store.retention import Retention
from bot.store.tables import audit
from tests.bot.town import OMAR, ONCALL
from tests.engine.healthy import ROLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store import Store
    from tests.bot.town import Town

BOTH = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])


async def noted(store: Store, count: int) -> AuditTrail:
    trail = AuditTrail(engine=store.engine, now=store.now)
    for number in range(count):
        await trail.note("press", "allowed", user=f"U{number}", team="T1", words=f"é\u2028{number}")
    return trail


@BOTH
async def test_a_chain_that_nobody_touched_holds(town: Town) -> None:
    async with open_store(town.database, now=town.clock) as store:
        trail = await noted(store, 3)
        found = await trail.verify()

    assert (found.entries, found.unchained, found.faults) == (3, 0, ())


@BOTH
async def test_two_processes_that_append_at_once_make_one_chain(town: Town) -> None:
    async with (
        open_store(town.database, now=town.clock) as one,
        open_store(town.database, now=town.clock) as other,
    ):
        trail, _ = await asyncio.gather(noted(one, 20), noted(other, 20))
        found = await trail.verify()

    assert (found.entries, found.faults) == (40, ())


FORGERIES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "changed": (
        lambda _: update(audit).where(audit.c.id == 2).values(user="U9"),
        "entry 2 was changed after it was written",
    ),
    "hash taken off": (
        lambda _: update(audit).where(audit.c.id == 3).values(hash=None),
        "entry 3 has no hash",
    ),
    "removed": (
        lambda _: delete(audit).where(audit.c.id == 2),
        "entry 3 does not follow the entry before it",
    ),
    "cut at the front": (
        lambda _: delete(audit).where(audit.c.id == 1),
        "entry 2 is the first, but entries before it were removed",
    ),
    "added": (
        lambda rows: insert(audit).values({**rows[1], "id": 9}),
        "entry 9 does not follow the entry before it",
    ),
    "a value before the change": (
        lambda _: update(audit).where(audit.c.id == 4).values(before="x"),
        "entry 4 was changed after it was written",
    ),
}


async def _open(connection: AsyncConnection) -> None:
    """Take away what keeps the table append-only, as whoever owns the database can."""
    for trigger in ("audit_no_update", "audit_no_delete"):
        await connection.execute(text(f"DROP TRIGGER {trigger}"))


@pytest.mark.parametrize("name", FORGERIES)
async def test_what_was_tampered_with_is_found(town: Town, name: str) -> None:
    statement, words = FORGERIES[name]
    async with open_store(town.database, now=town.clock) as store:
        trail = await noted(store, 5)
        async with store.engine.begin() as connection:
            rows = (await connection.execute(select(audit))).mappings().all()
            await _open(connection)
            await connection.execute(statement([dict(row) for row in rows]))
        found = await trail.verify()

    assert any(words in fault for fault in found.faults), found.faults


APPEND_ONLY = {
    "update": update(audit).where(audit.c.id == 2).values(user="U9"),
    "delete": delete(audit).where(audit.c.id == 3),
    "delete all": delete(audit),
}


@BOTH
@pytest.mark.parametrize("name", APPEND_ONLY)
async def test_the_database_itself_refuses_to_change_or_delete_an_entry(
    town: Town, name: str
) -> None:
    async with open_store(town.database, now=town.clock) as store:
        trail = await noted(store, 3)
        with pytest.raises(DBAPIError, match="append-only"):
            async with store.engine.begin() as connection:
                await connection.execute(APPEND_ONLY[name])
        found = await trail.verify()

    assert (found.entries, found.faults) == (3, ())


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_the_table_cannot_be_emptied_either(town: Town) -> None:
    async with open_store(town.database, now=town.clock) as store:
        await noted(store, 3)
        with pytest.raises(DBAPIError, match="append-only"):
            async with store.engine.begin() as connection:
                await connection.execute(text("TRUNCATE audit"))


@BOTH
async def test_retention_takes_the_oldest_and_leaves_a_chain_that_holds(town: Town) -> None:
    async with open_store(town.database, now=town.clock) as store:
        trail = await noted(store, 5)
        town.clock.ahead = timedelta(days=401)
        await trail.note("press", "allowed", user="U6", team="T1")
        await store.forget(Retention())
        found = await trail.verify()
        kept = [entry.action async for entry in trail.entries()]

    assert found.faults == ()
    assert kept == ["press", "forgotten"]


async def test_a_change_is_on_record_with_what_was_there_before_and_after(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
        await town.driver.submit(OMAR, {})
        await town.settle(bot)
        trail = AuditTrail(engine=bot.service.store.engine, now=town.clock)
        (entry,) = [e async for e in trail.entries() if e.action == "apply"]
        found = await trail.verify()

    assert (entry.user, entry.channel, entry.decision) == (OMAR, ONCALL, "applied")
    assert entry.before is not None
    assert entry.before.endswith("role/nope")
    assert entry.after == ROLE
    assert found.faults == ()


def run(database: str, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *arguments], env={"IRSA_DATABASE_URL": database})
    return result.exit_code, result.output


def filled(database: str, *, spoilt: bool = False) -> Verified:
    async def fill() -> Verified:
        async with open_store(database, now=lambda: datetime.now(UTC)) as store:
            trail = await noted(store, 2)
            await trail.note(
                "apply", "applied", user="U1", team="T1", words="a\nb\x1b[31m", before="x"
            )
            found = await trail.verify()
            if spoilt:
                async with store.engine.begin() as connection:
                    await _open(connection)
                    await connection.execute(update(audit).values(decision="denied"))
            return found

    return asyncio.run(fill())


def test_the_command_prints_one_line_per_entry(database: str) -> None:
    filled(database)

    code, output = run(database)

    assert code == 0
    assert len(output.splitlines()) == 3
    assert "apply applied  by U1  a" in output
    assert "\x1b" not in output


def test_the_command_prints_json_lines_since_a_time(database: str) -> None:
    filled(database)

    code, output = run(database, "export", "--since", "1h")
    none = run(database, "export", "--since", "2999-01-01")

    entries = [json.loads(row) for row in output.splitlines()]
    assert code == 0
    assert [e["action"] for e in entries] == ["press", "press", "apply"]
    assert entries[2]["before"] == "x"
    assert entries[1]["previous"] == entries[0]["hash"]
    assert none == (0, "")


def test_the_command_prints_a_table_that_no_spreadsheet_takes_for_formulas(database: str) -> None:
    async def fill() -> None:
        async with open_store(database, now=lambda: datetime.now(UTC)) as store:
            trail = AuditTrail(engine=store.engine, now=store.now)
            await trail.note("apply", "applied", user="U1", team="T1", words='=cmd|"x"!A1,\n2')

    asyncio.run(fill())
    code, output = run(database, "export", "--format", "csv")

    head, row = list(csv.reader(io.StringIO(output)))
    values = dict(zip(head, row, strict=True))
    assert code == 0
    assert (values["number"], values["user"]) == ("1", "U1")
    assert values["words"] == '\'=cmd|"x"!A1,\n2'


def test_the_command_says_that_the_chain_holds_and_its_newest_hash(database: str) -> None:
    found = filled(database)

    code, output = run(database, "verify")
    _, written = run(database, "verify", "--format", "json")

    assert code == 0
    assert "The chain of 3 entries holds." in output
    assert found.head in output
    assert json.loads(written)["whole"] is True


def test_the_command_fails_where_the_chain_is_broken(database: str) -> None:
    filled(database, spoilt=True)

    code, output = run(database, "verify")

    assert code == 1
    assert "BROKEN: entry 1 was changed after it was written." in output


@pytest.mark.parametrize("since", ["yesterday", "7w", "", "9" * 400])
def test_a_time_that_is_none_is_refused_in_one_sentence(database: str, since: str) -> None:
    code, output = run(database, "--since", since)

    assert code == 2
    assert "is neither an age such as 7d nor a time" in output
    assert len(output) < 200


def test_a_database_that_cannot_be_opened_is_said_without_its_password(database: str) -> None:
    del database
    code, output = run("postgresql://u:secret@127.0.0.1:1/x")

    assert code == 2
    assert "can't be read" in output
    assert "secret" not in output
