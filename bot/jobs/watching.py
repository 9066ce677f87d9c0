"""Whether an incident has healed: after every look, and by looking again for a while."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from bot.background import beside, repeating
from bot.jobs.sameness import target_key
from diagnostics.errors import UsageError
from diagnostics.result import Verdict
from diagnostics.verify import recheck

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.jobs.bench import Bench
    from diagnostics.result import Diagnosis
    from handlers.incident import Incident

_log = structlog.get_logger("irsa.watching")
PARTS: Final = (1 / 30, 1 / 20, 1 / 12, 1 / 6, 1 / 4, 5 / 12)
"""The pauses before each look, as parts of the whole time: soon at first, since most is mended soon."""
_MOST: Final = 5
"""Looks that are queued at a time: they are nobody's hurry, and each makes some twenty reads."""
_TICK: Final = 15.0
"""Seconds between two searches for looks that are due."""


def pauses(whole: float) -> tuple[float, ...]:
    """Seconds before each look at an incident that is watched for so many seconds; none for 0."""
    return tuple(whole * part for part in PARTS) if whole > 0 else ()


async def settled(bench: Bench, incident: Incident, *, spread: bool = True) -> Incident:
    """Keep what the newest diagnoses say of an incident's health; the incident as it is then.

    Args:
        bench: What we work with.
        incident: With its newest diagnoses.
        spread: Tell the other open incidents about the same target, where it is healthy.
    """
    store, diagnoses = bench.store, incident.diagnoses
    if any(d.root is not None for d in diagnoses):
        if incident.healed is not None:
            await store.incidents.healed(incident.id, None)
        about = target_key(diagnoses[0]) if len(diagnoses) == 1 else incident.id
        first = bench.watch[0] if bench.watch else None
        await store.watches.open(incident, about, after=first)
        return replace(incident, healed=None, found=incident.found or diagnoses)
    if not all(d.verdict is Verdict.HEALTHY for d in diagnoses):
        return incident
    if incident.found:
        await store.watches.close(incident.id)
        if incident.healed is None:
            at = bench.now()
            await store.incidents.healed(incident.id, at)
            incident = replace(incident, healed=at)
    if spread:
        for diagnosis in diagnoses:
            others = await store.watches.others(incident, target_key(diagnosis))
            await store.watches.look_now(others, seen_by=incident.id)
    return incident


async def healthy_now(
    bench: Bench, incident: Incident, *, seen_by: str | None
) -> tuple[Diagnosis, ...] | None:
    """Look whether an open incident has healed: what shows that it has, or None.

    Args:
        bench: What we work with.
        incident: With a cause.
        seen_by: ID of another incident that found the same target healthy just now; then nothing is read.
    """
    if seen_by is not None:
        other = await bench.store.incidents.get(seen_by)
        seen = {target_key(d): d for d in other.diagnoses} if other is not None else {}
        found = [seen.get(target_key(d)) for d in incident.diagnoses]
        passed = [d for d in found if d is not None and d.verdict is Verdict.HEALTHY]
        if len(passed) == len(incident.diagnoses):
            pairs = zip(passed, incident.diagnoses, strict=True)
            return tuple(replace(d, symptom=own.symptom) for d, own in pairs)
    try:
        looks = [recheck(d, bench.io, now=bench.now) for d in incident.diagnoses]
        diagnoses = await asyncio.gather(*looks)
    except UsageError:
        return None
    if all(d.verdict is Verdict.HEALTHY for d in diagnoses):
        return tuple(diagnoses)
    return None


@asynccontextmanager
async def watching(bench: Bench) -> AsyncIterator[None]:
    """Queue the looks that are due while the block runs."""
    if not bench.watch:
        yield
        return
    looking = repeating(
        lambda: bench.store.watches.queue_due(bench.watch, most=_MOST),
        pause=min(_TICK, bench.watch[0] / 2),
        log=_log,
        trouble="open incidents not read",
    )
    async with beside(looking, name="irsa-watching"):
        yield
