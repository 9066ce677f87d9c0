"""One process of a shared sweep over the seeded fleet: what `irsa sweep --together` is, with the clouds in memory.

python -m bench.sweeping.worker CLUSTERS SECONDS_PER_CALL SILENCE
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.store import open_store
from bot.store.sweeps import SweepRecords
from bot.sweep.crew import sweeping
from tests.sweep.seeded import SeededFleet

if TYPE_CHECKING:
    from diagnostics.evidence import Cluster
    from diagnostics.fleet import Account, FleetCluster
    from diagnostics.sweep import AccountFacts, ClusterObjects


class FarFleet(SeededFleet):
    """A seeded fleet whose answers take their time, as those of a service do."""

    pause: float = 0.0

    async def cluster(self, entry: FleetCluster) -> Cluster | None:
        await asyncio.sleep(self.pause)
        return await super().cluster(entry)

    async def account(self, account: Account, issuers: frozenset[str]) -> AccountFacts:
        await asyncio.sleep(self.pause)
        return await super().account(account, issuers)

    async def objects(self, entry: FleetCluster) -> ClusterObjects:
        await asyncio.sleep(self.pause)
        return await super().objects(entry)


async def run(size: int, pause: float, silence: float) -> None:
    fleet = FarFleet(size)
    fleet.pause = pause
    now = partial(datetime.now, UTC)
    owner = f"worker-{os.getpid()}"
    async with open_store(os.environ["IRSA_DATABASE_URL"], now=now, owner=owner) as store:
        records = SweepRecords(engine=store.engine, now=now, owner=owner)
        async with sweeping(store.engine, fleet, records, now, silence=silence) as here:
            row = await here.records.begin(here.fleet)
            assert row is not None
            print(json.dumps({"owner": owner, "sweep": row.id}), flush=True)
            sweep = here.sweep(row.id)
            await here.crew.carry_out(sweep)
            document = await sweep.document()
            assert document is not None
            done = await here.records.done(row.id, "cluster")
    found = {(f.code, f.cluster, f.namespace, f.service_account) for f in document.findings}
    truth = set(SeededFleet(size).truth())
    print(
        json.dumps(
            {
                "owner": owner,
                "bindings": document.sums.bindings,
                "calls": document.sums.calls,
                "precision": round(len(found & truth) / (len(found) or 1), 4),
                "recall": round(len(found & truth) / (len(truth) or 1), 4),
                "clusters": len(done),
                "mine": sum(1 for by in done.values() if by == owner),
                "called": sum(fleet.calls.values()),
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
