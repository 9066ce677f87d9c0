"""How far a sweep is that others may be doing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.sweep.kind import Kind
from diagnostics.sweep import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sweep.shards import ShardedSweep

BETWEEN: Final = 1.0
"""Seconds between two looks."""


async def progress_of(sweep: ShardedSweep) -> Progress:
    """How far it is now."""
    counts = await sweep.records.counts(sweep.id)
    fleet = sweep.reader.fleet
    if not counts.get(Kind.ISSUERS):
        return Progress(step="issuers", done=0, total=len(fleet.clusters))
    if counts.get(Kind.ACCOUNT, 0) < len(fleet.accounts):
        total = len(fleet.accounts)
        return Progress(step="accounts", done=counts.get(Kind.ACCOUNT, 0), total=total)
    total = len(fleet.clusters)
    return Progress(step="clusters", done=min(counts.get(Kind.CLUSTER, 0), total), total=total)


async def watch(sweep: ShardedSweep, tell: Callable[[Progress], None]) -> None:
    """Tell how far it is again and again, until cancelled."""
    while True:
        tell(await progress_of(sweep))
        await asyncio.sleep(BETWEEN)
