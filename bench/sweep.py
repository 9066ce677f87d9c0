"""How `irsa sweep` grows: 10, 100 and 1,000 clusters of 50 bindings, in memory, and the embedded world over HTTP.

python -m bench.sweep            # in memory
python -m bench.sweep --world    # also the embedded world, with boto3 and Kubernetes over HTTP
python -m bench.sweep 10 100     # other sizes
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

from bot.sweep import document_of
from diagnostics.sweep import sweep
from tests.sweep.seeded import NOON, SeededFleet

SIZES = (10, 100, 1_000)


async def one(size: int) -> dict[str, object]:
    fleet = SeededFleet(size)
    started, cpu = time.perf_counter(), time.process_time()
    result = await sweep(fleet, now=lambda: NOON)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    document = document_of(result, fleet.fleet, started=NOON, finished=NOON)
    found = {(f.code, f.cluster, f.namespace, f.service_account) for f in document.findings}
    truth = set(fleet.truth())
    per_cluster = {c.calls for c in result.clusters}
    return {
        "clusters": size,
        "bindings": document.sums.bindings,
        "calls": sum(fleet.calls.values()),
        "calls_per_cluster": sorted(per_cluster),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "cpu_ms_per_binding": round(cpu * 1000 / document.sums.bindings, 3),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "precision": round(len(found & truth) / (len(found) or 1), 4),
        "recall": round(len(found & truth) / (len(truth) or 1), 4),
    }


def world() -> None:
    """The embedded world: moto, nine Kubernetes APIs, the real command in a process of its own."""
    from sandbox.world import World  # noqa: PLC0415  an optional extra

    async def run() -> None:
        async with World() as here:
            with tempfile.TemporaryDirectory() as folder:
                fleet, out = Path(folder) / "fleet.yaml", Path(folder) / "sweep.json"
                here.fleet_yaml(fleet)
                started = time.perf_counter()
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "sweep", "--fleet", str(fleet), "--json", str(out),
                    env={**os.environ, **here.environ()},
                    stdout=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
                await process.wait()
                seconds = time.perf_counter() - started
                sums = json.loads(out.read_text())["sums"]
                print(
                    f"embedded world over HTTP: {sums['clusters']} clusters, {sums['bindings']} bindings, "
                    f"{sums['roles']} roles, {sums['calls']} calls, {seconds:.1f} s with the start of Python"
                )

    asyncio.run(run())


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--one"]:
        print(json.dumps(asyncio.run(one(int(arguments[1])))))
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
            [sys.executable, "-m", "bench.sweep", "--one", str(size)],
            capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
        row = json.loads(out)
        print("  ".join(f"{row[h]!s:>17}" for h in head), flush=True)
    if "--world" in arguments:
        world()


if __name__ == "__main__":
    main()
