"""The App Home: somebody's incidents, how the fleet is read, and what they may approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot.inventory.records import InventoryRecords
from bot.inventory.troubles import Troubles
from bot.preflight.kept import KeptPreflights
from bot.store.preflights import PreflightRecords
from diagnostics.languages import aloud, speak
from handlers.access import Actor
from handlers.paste.reading.untrusted import text_at
from handlers.people import Unanswered
from handlers.render.overview import FleetHealth, home_view
from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from diagnostics.fleet import Fleet
    from handlers.reach import Reach
    from handlers.rules import Approver

_log = structlog.get_logger("irsa.home")
_LATEST: Final = 10
_RULES: Final = 50
"""Entries of the approvers that are looked at."""


async def show_home(bench: Bench, job: Job) -> None:
    """Publish somebody's App Home."""
    user = text_at(job.payload, "user")
    recent = await bench.store.incidents.recent(bench.me.team, by=user, limit=_LATEST)
    actor = Actor(user=user, team=bench.me.team)
    reach = await bench.access.reach(user, "")
    view = home_view(
        [i for i in recent if await bench.access.to_read(actor, i) is None],
        me=bench.me.user,
        health=await fleet_health(bench, reach),
        approves=await _approves(bench, user),
        workspace=bench.me.workspace,
    )
    try:
        await bench.client.views_publish(user_id=user, view=view)
    except SLACK_TROUBLE as error:
        _log.warning("home not shown", error=error_name(error))


async def fleet_health(bench: Bench, reach: Reach) -> FleetHealth:
    """What is read, and the regions that the inventory could not read when it last tried."""
    fleet = reach.of(bench.rules.fleet)
    records = PreflightRecords(engine=bench.store.engine, now=bench.now)
    preflights = KeptPreflights(records=records, walkers=bench.preflights)
    return FleetHealth(
        clusters=tuple(c.name for c in fleet.clusters),
        accounts=len(fleet.accounts),
        outdated=bench.rules.trouble,
        unposted=await bench.audit.unposted(bench.rules.audit_channel),
        troubles=await not_readable(bench, fleet),
        preflight=await preflights.standing(reach),
    )


async def not_readable(bench: Bench, fleet: Fleet) -> tuple[str, ...]:
    """What of a fleet the inventory could not read when it last tried: where, why, and what would enable it."""
    scans = await InventoryRecords(engine=bench.store.engine, now=bench.now).scans()
    return tuple(_told(Troubles.of(fleet, scans)))


def _told(troubles: Troubles) -> Iterator[str]:
    if troubles.organization is not None and troubles.organization.trouble is not None:
        yield speak("the organization's accounts: {trouble}", trouble=troubles.organization.trouble)
    if troubles.members_refused is not None:
        yield aloud(troubles.members_refused)
    for scan in troubles.listed:
        yield speak(
            "account {account}, {region}: {trouble}",
            account=scan.account,
            region=scan.region,
            trouble=scan.trouble,
        )


async def _approves(bench: Bench, user: str) -> tuple[str, ...]:
    """Where somebody may approve fixes. A group that Slack can't be asked about counts as not theirs."""
    found: dict[str, None] = {}
    for approver in bench.rules.approvers[:_RULES]:
        if await _is_one_of(bench, user, approver):
            found[_covered(approver.namespaces, approver.clusters)] = None
    return tuple(found)


async def _is_one_of(bench: Bench, user: str, approver: Approver) -> bool:
    try:
        return await bench.directory.is_in(user, approver.users, approver.groups)
    except Unanswered as error:
        _log.warning("group not read", error=str(error))
        return False


def _covered(namespaces: frozenset[str] | None, clusters: frozenset[str] | None) -> str:
    """What an entry of the approvers covers; no names stand for all."""
    if namespaces is None:
        if clusters is None:
            return speak("Fixes in every namespace of every cluster")
        return speak("Fixes in every namespace of {clusters}", clusters=_some(clusters))
    if clusters is None:
        return speak("Fixes in {namespaces} of every cluster", namespaces=_some(namespaces))
    return speak(
        "Fixes in {namespaces} of {clusters}",
        namespaces=_some(namespaces),
        clusters=_some(clusters),
    )


def _some(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)[:10])
