"""When the fleet is swept by itself: once a moment, by one process, and once after a downtime."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.fleet_file.contents import SweepPlan
from bot.store import open_store
from bot.store.sweeps import SweepRecords
from bot.sweep.in_use import order_if_due
from bot.sweep.message import news_message, progress_message, result_message
from bot.sweep.narrowed import narrowed
from bot.sweep.schedule import due, latest
from diagnostics.sweep import Progress
from handlers.ports import Task
from handlers.reach import Reach, Scope
from tests.sweep.seeded import SeededFleet
from tests.sweep.sweeping import documented, swept

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store import Store

PLAN = SweepPlan(channel="C0ONCALL01", schedule="0 6 * * 1-5", zone=ZoneInfo("Europe/Berlin"))
NIGHTLY = SweepPlan(channel="C0ONCALL01", schedule="30 2 * * *", zone=ZoneInfo("Europe/Berlin"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("plan", "now", "moment"),
    [
        (PLAN, "2026-11-24T05:00:00", "2026-11-24T05:00"),  # Tuesday, 6:00 in Berlin
        (PLAN, "2026-11-24T04:59:59", "2026-11-23T05:00"),
        (PLAN, "2026-11-22T12:00:00", "2026-11-20T05:00"),  # Sunday: Friday's
        (PLAN, "2026-07-01T04:00:30", "2026-07-01T04:00"),  # summer time
        (NIGHTLY, "2026-03-29T01:10:00", "2026-03-29T01:00"),  # 2:30 does not exist that night
        (NIGHTLY, "2026-10-25T01:31:00", "2026-10-25T00:30"),  # 2:30 comes twice, and counts once
    ],
)
def test_the_newest_moment_of_a_schedule(plan: SweepPlan, now: str, moment: str) -> None:
    assert latest(plan, at(now)) == at(moment)


def test_of_many_missed_moments_only_the_newest_is_owed() -> None:
    served = at("2026-11-02T05:00").timestamp()

    moment = due(PLAN, served, at("2026-11-24T09:00"))

    assert moment == at("2026-11-24T05:00")
    assert due(PLAN, moment.timestamp(), at("2026-11-24T09:00")) is None


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: at("2026-11-24T09:00"))

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Process:
    """As much of a running bot as the schedule needs."""

    store: Store

    async def looks(self) -> bool:
        records = SweepRecords(engine=self.store.engine, now=self.store.now, owner="x")
        return await order_if_due(PLAN, records, self.store)


async def test_one_of_two_processes_orders_the_sweep_of_a_moment_and_none_before_the_schedule_began(
    tmp_path: Path,
) -> None:
    clock = Clock()
    url = f"sqlite+aiosqlite:///{tmp_path}/bot.db"
    async with open_store(url, now=clock) as one, open_store(url, now=clock) as two:
        first, second = Process(one), Process(two)
        assert [await first.looks(), await second.looks(), await first.looks()] == [False] * 3

        clock.now += timedelta(days=9)  # a downtime of a week and more
        assert [await first.looks(), await second.looks(), await first.looks()] == [
            True,
            False,
            False,
        ]

        job = await one.queue.claim()
        assert job is not None
        assert job.task is Task.SWEEP
        assert job.payload["channel"] == "C0ONCALL01"
        assert job.payload["slot"] == at("2026-12-03T05:00").timestamp()
        assert await two.queue.claim() is None


async def test_nothing_new_is_silence_or_one_line() -> None:
    first = documented(*await swept())
    again = documented(*await swept(), previous=first)

    assert news_message(again, quiet=True) is None
    told = news_message(again, quiet=False)
    assert told is not None
    assert told.text == (
        "IRSA sweep: nothing new since 2026-11-24 12:00 UTC. 30 causes and 18 risks."
    )
    fresh = news_message(first, quiet=True)
    assert fresh is not None
    assert fresh.text.startswith("IRSA sweep of 150 bindings: 30 new causes, 18 new risks")


async def test_a_reader_is_told_of_what_they_read_and_nothing_else() -> None:
    fleet = SeededFleet(3).fleet
    document = documented(*await swept())
    reach = Reach(only=Scope(clusters=frozenset({"c1"})))

    seen = narrowed(document, reach, fleet)

    assert {f.cluster for f in seen.findings} == {"c1"}
    assert seen.sums.causes == document.sums.causes // 3
    shown = str(result_message(seen).blocks)
    assert "1 cluster that you read: 10 broken bindings." in shown
    assert "150" not in shown
    assert narrowed(document, Reach(), fleet) is document


def test_how_far_it_is_in_words() -> None:
    assert [
        progress_message(Progress(step=step, done=3, total=1_200)).text
        for step in ("issuers", "accounts", "clusters")
    ] == [
        "Sweeping the fleet. Asking EKS about 1,200 clusters …",
        "Sweeping the fleet. Listing roles and OIDC providers: 3 of 1,200 accounts",
        "Sweeping the fleet. Listing and judging: 3 of 1,200 clusters",
    ]
