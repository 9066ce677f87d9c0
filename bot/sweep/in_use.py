"""Sweeping by the fleet file in use: what jobs sweep with, and the sweeps that its schedule owes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog

from bot.background import beside, repeating
from bot.store.sweeps import SweepRecords
from bot.sweep.crew import sweeping
from bot.sweep.reading import FleetSweepReader
from bot.sweep.schedule import due, latest
from handlers.ports import Order, Recorded, Task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clients.fleet_clients import FleetClients
    from bot.fleet_file import FleetFile
    from bot.fleet_file.contents import SweepPlan
    from bot.store import Store
    from bot.sweep.attached import AttachedSweeping

_log = structlog.get_logger("irsa.sweep")
_LOOK: Final = 20.0
"""Seconds between two looks at the schedule."""


@asynccontextmanager
async def sweeps_of(
    file: FleetFile, clients: FleetClients, store: Store, attached: AttachedSweeping
) -> AsyncIterator[None]:
    """Sweep by what one content of the fleet file says, for jobs and by its schedule.

    Args:
        file: What the fleet file holds.
        clients: Patient ones, for nothing but sweeps.
        store: Keeps the sweeps; its queue takes those that the schedule owes.
        attached: Where jobs wait for what they sweep with.
    """
    records = SweepRecords(engine=store.engine, now=store.now, owner=store.queue.owner)
    reader = FleetSweepReader(clients)
    async with sweeping(store.engine, reader, records, store.now) as here:
        await attached.attach(here)
        try:
            async with _scheduled(file.sweep, records, store):
                yield
        finally:
            await attached.detach(here)


@asynccontextmanager
async def _scheduled(
    plan: SweepPlan | None, records: SweepRecords, store: Store
) -> AsyncIterator[None]:
    if plan is None:
        yield
        return
    following = repeating(
        lambda: order_if_due(plan, records, store),
        pause=_LOOK,
        log=_log,
        trouble="the schedule of sweeps could not be read",
    )
    async with beside(following, name="irsa-schedule"):
        yield


async def order_if_due(plan: SweepPlan, records: SweepRecords, store: Store) -> bool:
    """Order the sweep that the schedule owes; of several processes one does. Whether this one did."""
    now = store.now()
    served = await records.served()
    if served is None:
        # A new schedule owes nothing for the time before it.
        moment = latest(plan, now)
        await records.seed("", (moment or now).timestamp())
        return False
    moment = due(plan, served, now)
    if moment is None:
        return False
    order = Order(
        task=Task.SWEEP,
        payload={"channel": plan.channel, "slot": moment.timestamp(), "quiet": plan.quiet},
    )
    recorded = await store.inbox.order(order, event_id=f"sweep-{moment:%Y%m%dT%H%MZ}")
    return recorded is Recorded.STARTED
