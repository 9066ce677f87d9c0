"""Several processes share one sweep through a real PostgreSQL; one of them is killed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.store import open_store
from bot.store.engine import make_engine
from bot.store.sweeps import SweepRecords
from bot.sweep.crew import sweeping
from bot.sweep.document import document_of
from bot.sweep.kind import Kind
from bot.sweep.shards import Shard
from diagnostics.sweep import sweep
from tests.conftest import ROOT
from tests.sweep.seeded import NOON, SeededFleet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.sweep.crew import Sweeping
    from bot.sweep.document import SweepDocument

CLUSTERS = 12
now = partial(datetime.now, UTC)


async def start(url: str, pause: float, silence: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.sweeping.worker", str(CLUSTERS), str(pause), str(silence)),
        env={**os.environ, "IRSA_DATABASE_URL": url},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def outcome(process: asyncio.subprocess.Process) -> dict[str, Any]:
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    found: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
    return found


async def whole() -> SweepDocument:
    fleet = SeededFleet(CLUSTERS)
    result = await sweep(fleet, now=lambda: NOON)
    return document_of(result, fleet.fleet, started=NOON, finished=NOON)


@pytest.mark.timeout(240)
async def test_four_processes_do_each_shard_of_one_sweep_once(
    postgresql: Callable[[], str],
) -> None:
    url = postgresql()

    processes = [await start(url, 0.2, silence=60) for _ in range(4)]
    results = await asyncio.gather(*map(outcome, processes))

    alone = await whole()
    assert {r["bindings"] for r in results} == {alone.sums.bindings}
    assert {(r["precision"], r["recall"]) for r in results} == {(1.0, 1.0)}
    assert sum(r["mine"] for r in results) == CLUSTERS
    # Nothing was read twice: together they made the calls of one.
    assert sum(r["called"] for r in results) == alone.sums.calls
    assert sum(1 for r in results if r["called"]) > 1


@pytest.mark.timeout(240)
async def test_what_a_killed_process_was_at_is_done_by_another_and_nothing_is_lost(
    postgresql: Callable[[], str],
) -> None:
    url = postgresql()
    victim = await start(url, 0.6, silence=3)
    assert victim.stdout is not None
    begun = json.loads(await victim.stdout.readline())
    heir = await start(url, 0.6, silence=3)
    engine = make_engine(url)
    try:
        records = SweepRecords(engine=engine, now=now, owner="test")
        async with asyncio.timeout(60):
            while True:
                done = await records.done(begun["sweep"], Kind.CLUSTER)
                if begun["owner"] in done.values():
                    break
                await asyncio.sleep(0.02)
        victim.kill()
        await victim.wait()
        result = await outcome(heir)
        done = await records.done(begun["sweep"], Kind.CLUSTER)
    finally:
        await engine.dispose()

    assert result["clusters"] == CLUSTERS
    assert (result["precision"], result["recall"]) == (1.0, 1.0)
    assert set(done.values()) == {begun["owner"], result["owner"]}


@asynccontextmanager
async def here(url: str, fleet: SeededFleet) -> AsyncIterator[Sweeping]:
    async with open_store(url, now=now) as store:
        records = SweepRecords(engine=store.engine, now=now, owner="here")
        async with sweeping(store.engine, fleet, records, now) as crew:
            yield crew


@pytest.mark.parametrize("refused", [frozenset(), frozenset({"c3", "100000000001"})])
async def test_shards_come_to_what_the_whole_comes_to(
    tmp_path: Path, refused: frozenset[str]
) -> None:
    fleet = SeededFleet(12, refused=refused)
    async with here(f"sqlite+aiosqlite:///{tmp_path}/a.db", fleet) as crew:
        row = await crew.records.begin(crew.fleet)
        assert row is not None
        one = crew.sweep(row.id)
        await crew.crew.carry_out(one)
        sharded = await one.document()
    result = await sweep(SeededFleet(12, refused=refused), now=lambda: NOON)
    plain = document_of(result, fleet.fleet, started=NOON, finished=NOON)

    assert sharded is not None
    assert sharded.sums == plain.sums
    assert [f.key for f in sharded.findings] == [f.key for f in plain.findings]
    assert sharded.not_read == plain.not_read


async def test_a_sweep_that_was_cut_off_goes_on_with_what_is_left(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/a.db"
    first, second = SeededFleet(10), SeededFleet(10)
    async with here(url, first) as crew:
        row = await crew.records.begin(crew.fleet)
        assert row is not None
        one = crew.sweep(row.id)
        for _ in range(3):
            for shard in (await one.pending())[:4]:
                await one.do(shard)
    async with here(url, second) as crew:
        again = await crew.records.begin(crew.fleet)
        assert again is not None
        assert again.id == row.id
        one = crew.sweep(again.id)
        await crew.crew.carry_out(one)
        document = await one.document()

    assert document is not None
    assert len(document.findings) == len(list(SeededFleet(10).truth()))
    assert first.calls["list pods"] == 4
    assert second.calls["list pods"] == 6
    assert second.calls["ListRoles"] == 0


class Stumbling(SeededFleet):
    async def objects(self, entry: Any) -> Any:
        if entry.name == "c2":
            raise RuntimeError("a fault of ours")
        return await super().objects(entry)


async def test_a_shard_that_keeps_failing_is_told_as_not_read_and_costs_no_other(
    tmp_path: Path,
) -> None:
    async with here(f"sqlite+aiosqlite:///{tmp_path}/a.db", Stumbling(4)) as crew:
        row = await crew.records.begin(crew.fleet)
        assert row is not None
        one = crew.sweep(row.id)
        await crew.crew.carry_out(one)
        document = await one.document()

    assert document is not None
    assert [(u.where, u.why) for u in document.not_read] == [
        ("cluster c2", "RuntimeError: a fault of ours")
    ]
    assert document.sums.bindings == 3 * 50


async def test_a_shard_of_a_sweep_that_has_ended_does_nothing(tmp_path: Path) -> None:
    fleet = SeededFleet(2)
    async with here(f"sqlite+aiosqlite:///{tmp_path}/a.db", fleet) as crew:
        row = await crew.records.begin(crew.fleet)
        assert row is not None
        one = crew.sweep(row.id)
        await crew.crew.carry_out(one)
        calls = fleet.calls.total()

        last = await one.do(Shard(kind=Kind.CLUSTER, name="c1"))

        assert (last, await one.pending()) == (False, ())
        assert fleet.calls.total() == calls


async def test_old_sweeps_are_let_go_of_and_the_newest_reports_kept(tmp_path: Path) -> None:
    clock = [NOON]
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/a.db", now=lambda: clock[0]) as store:
        records = SweepRecords(engine=store.engine, now=lambda: clock[0], owner="here")
        async with sweeping(store.engine, SeededFleet(1), records, lambda: clock[0]) as crew:
            ids = []
            for _ in range(12):
                clock[0] += timedelta(days=1)
                row = await records.begin(crew.fleet)
                assert row is not None
                ids.append(row.id)
                await crew.crew.carry_out(crew.sweep(row.id))
        kept = [await records.get(one) for one in ids]
        parts = [await records.counts(one) for one in ids]

    assert [one is not None and one.document is not None for one in kept] == [False] * 2 + [
        True
    ] * 10
    assert [bool(count) for count in parts] == [False] * 11 + [True]
