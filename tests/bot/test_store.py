"""The store: schema, retention, and what it gives back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from bot.store import codec, open_store
from bot.store.migrate import alembic_config, newest
from bot.store.retention import Retention
from bot.store.tables import incidents, jobs, metadata, plans
from diagnostics.pipeline import diagnose
from tests.bot.town import MINJI, ONCALL, PASTE, broken
from tests.engine.fleet_double import NOON, DoubleClients
from tests.engine.healthy import case, symptom

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from bot.store import Store
    from tests.bot.town import Town

BOTH = pytest.mark.parametrize("engine", ["sqlite", "postgresql"])


@BOTH
async def test_the_migrations_make_the_tables_that_the_code_uses(town: Town) -> None:
    async with (
        open_store(town.database, now=town.clock) as store,
        store.engine.connect() as connection,
    ):
        differences = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c), metadata)
        )

    assert differences == []


@BOTH
async def test_the_migrations_can_be_taken_back_and_made_again(town: Town) -> None:
    def down_and_up(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        command.upgrade(config, "head")

    async with open_store(town.database, now=town.clock) as store:
        async with store.engine.begin() as connection:
            await connection.run_sync(down_and_up)
        await store.ready()


def test_the_newest_revision_is_told_by_the_name_of_its_file() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())

    assert newest() == scripts.get_current_head()


async def test_a_diagnosis_comes_back_as_it_was() -> None:
    answer = await diagnose(case(symptom()), DoubleClients(broken()), now=lambda: NOON)
    kept = (answer,)

    assert codec.diagnoses.read(codec.diagnoses.write(kept)) == kept  # type: ignore[arg-type]


@BOTH
async def test_what_has_served_its_time_is_forgotten_with_its_plans(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        store = bot.service.store
        assert await _count(store, plans) == 2
        await store.forget(Retention())
        assert await _count(store, incidents) == 1
        town.clock.ahead = timedelta(days=91)
        await store.forget(Retention())

        left = [await _count(store, table) for table in (incidents, plans, jobs)]

    assert left == [0, 0, 0]


async def _count(store: Store, table: Table) -> int:
    async with store.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def test_a_button_of_a_forgotten_incident_says_that_it_is_out_of_date(town: Town) -> None:
    async with town.bot() as bot:
        await town.paste(bot)
        town.clock.ahead = timedelta(days=91)
        await bot.service.store.forget(Retention())
        await town.driver.press("Apply annotation", MINJI, channel=ONCALL)

    assert "the reply is out of date" in town.whispers(MINJI)[-1]


async def test_posts_keep_to_slacks_pace_under_its_rate_limits(town: Town) -> None:
    town.slack.workspace.limits.enabled = True
    async with town.bot(pace=1.0) as bot:
        stamps = [town.driver.post_as(MINJI, ONCALL, PASTE) for _ in range(5)]
        await town.settle(bot)

        metrics = bot.service.telemetry.text().decode()

    assert all(len([m for m in town.replies(ts) if m.bot_id]) == 1 for ts in stamps)
    assert "irsa_slack_errors_total{" not in metrics
