"""How `irsa sweep` grows: 10, 100 and 1,000 clusters of 50 bindings, in memory, and the embedded world over HTTP.

python -m bench.sweep            # in memory
python -m bench.sweep --stored   # through the store, as the bot does: only findings stay in memory
python -m bench.sweep --world    # also the embedded world, with boto3 and Kubernetes over HTTP
python -m bench.sweep 10 100     # other sizes
python -m bench.sweep --workers 1 2 4   # processes that share a sweep through PostgreSQL, one of them killed
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.store import open_store
from bot.store.sweeps import SweepRecords
from bot.sweep import SweepDocument, document_of
from bot.sweep.crew import sweeping
from diagnostics.sweep import sweep
from tests.bot import postgres
from tests.sweep.seeded import NOON, SeededFleet

SIZES = (10, 100, 1_000)


async def stored(fleet: SeededFleet) -> SweepDocument:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/sweep.db"
        async with open_store(url, now=lambda: NOON) as store:
            records = SweepRecords(engine=store.engine, now=lambda: NOON, owner="bench")
            async with sweeping(store.engine, fleet, records, lambda: NOON) as here:
                row = await here.records.begin(here.fleet)
                assert row is not None
                await here.crew.carry_out(here.sweep(row.id))
                document = await here.sweep(row.id).document()
    assert document is not None
    return document


async def one(size: int, *, through_store: bool) -> dict[str, object]:
    fleet = SeededFleet(size)
    started, cpu = time.perf_counter(), time.process_time()
    if through_store:
        document = await stored(fleet)
    else:
        result = await sweep(fleet, now=lambda: NOON)
        document = document_of(result, fleet.fleet, started=NOON, finished=NOON)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    found = {(f.code, f.cluster, f.namespace, f.service_account) for f in document.findings}
    truth = set(fleet.truth())
    per_cluster = (sum(fleet.calls.values()) - fleet.calls["ListRoles"]) / size
    return {
        "clusters": size,
        "bindings": document.sums.bindings,
        "calls": sum(fleet.calls.values()),
        "calls_per_cluster": round(per_cluster, 2),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "cpu_ms_per_binding": round(cpu * 1000 / document.sums.bindings, 3),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "precision": round(len(found & truth) / (len(found) or 1), 4),
        "recall": round(len(found & truth) / (len(truth) or 1), 4),
    }


def world(url: str | None = None, count: int = 1) -> None:
    """The embedded world: moto, nine Kubernetes APIs, the real command in processes of its own."""
    from sandbox.world import World  # noqa: PLC0415  an optional extra

    async def run() -> None:
        async with World() as here:
            with tempfile.TemporaryDirectory() as folder:
                fleet, out = Path(folder) / "fleet.yaml", Path(folder) / "sweep.json"
                here.fleet_yaml(fleet)
                shared = {"IRSA_DATABASE_URL": url} if url else {}
                more = ["--together"] if url else []
                started = time.perf_counter()
                processes = [
                    await asyncio.create_subprocess_exec(
                        sys.executable, "-m", "bot", "sweep", "--fleet", str(fleet), "--json", str(out), *more,
                        env={**os.environ, **here.environ(), **shared},
                        stdout=asyncio.subprocess.DEVNULL,
                    )
                    for _ in range(count)
                ]  # fmt: skip
                await asyncio.gather(*(p.wait() for p in processes))
                seconds = time.perf_counter() - started
                sums = json.loads(out.read_text())["sums"]
                print(
                    f"embedded world over HTTP, {count} of `irsa sweep{' --together' if url else ''}`: "
                    f"{sums['clusters']} clusters, {sums['bindings']} bindings, {sums['roles']} roles, "
                    f"{sums['broken']} broken, {sums['calls']} calls, {seconds:.1f} s with the start of Python",
                    flush=True,
                )

    asyncio.run(run())


def workers(counts: list[int], *, clusters: int = 80, pause: float = 2.0) -> None:
    """Processes share a sweep of a seeded fleet, whose answers take two seconds each, and of the embedded world."""
    folder = postgres.binaries()
    if folder is None:
        print(postgres.NOT_HERE)
        return
    head = (
        "processes",
        "killed",
        "clusters",
        "bindings",
        "calls",
        "seconds",
        "precision",
        "recall",
    )
    print("  ".join(f"{h:>10}" for h in (*head, "clusters each")))
    with postgres.running(folder) as address:
        for number, (count, killed) in enumerate(
            [*((c, False) for c in counts), *((c, True) for c in counts if c > 1)]
        ):
            url = postgres.create(folder, address, f"w{number}")
            row = shared(url, count, clusters, pause, killed=killed)
            print("  ".join(f"{row[h]!s:>10}" for h in head), row["mine"], flush=True)
        for count in counts:
            url = postgres.create(folder, address, f"world{count}")
            world(url, count)


def shared(url: str, count: int, clusters: int, pause: float, *, killed: bool) -> dict[str, object]:
    command = [
        sys.executable,
        "-m",
        "bench.sweeping.worker",
        str(clusters),
        str(pause),
        "5" if killed else "60",
    ]
    environ = {**os.environ, "IRSA_DATABASE_URL": url}
    started = time.perf_counter()
    processes = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    if killed:
        first = processes.pop(0)
        assert first.stdout is not None
        first.stdout.readline()
        time.sleep(11 * pause)  # until it is at clusters
        first.kill()
        first.wait()
    rows = [json.loads(p.communicate()[0].splitlines()[-1]) for p in processes]
    return {
        **rows[0],
        "processes": count,
        "killed": 1 if killed else 0,
        "seconds": round(time.perf_counter() - started, 1),
        "mine": sorted(r["mine"] for r in rows),
    }


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--workers"]:
        workers([int(a) for a in arguments[1:]] or [1, 2, 4])
        return
    if arguments[:1] == ["--one"]:
        one_size = one(int(arguments[1]), through_store="--stored" in arguments)
        print(json.dumps(asyncio.run(one_size)))
        return
    sizes = [int(a) for a in arguments if a.isdigit()] or SIZES
    head = (
        "clusters",
        "bindings",
        "calls",
        "calls_per_cluster",
        "seconds",
        "cpu_seconds",
        "cpu_ms_per_binding",
        "peak_mib",
        "precision",
        "recall",
    )
    print("  ".join(f"{h:>17}" for h in head))
    for size in sizes:
        # A process each, so that peak memory is that size's own.
        out = subprocess.run(
            [sys.executable, "-m", "bench.sweep", "--one", str(size), *(a for a in arguments if a == "--stored")],
            capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
        row = json.loads(out)
        print("  ".join(f"{row[h]!s:>17}" for h in head), flush=True)
    if "--world" in arguments:
        world()


if __name__ == "__main__":
    main()
