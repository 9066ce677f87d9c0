"""`irsa inventory`: which clusters the bot knows, since when, and what it could not look into."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.stored import missing_file, stored
from bot.clients import build_clients
from bot.fleet_file import FleetFileError, load
from bot.inventory import Inventory, InventoryRecords, Troubles, fleet_on_record
from bot.settings import Settings, SettingsError
from bot.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.inventory import Scan
    from diagnostics.fleet import Fleet, FleetCluster


def inventory(
    fleet: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Fleet file; default: IRSA_FLEET_FILE, or fleet.yaml."),
    ] = None,
    *,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask EKS now for what is due.")
    ] = False,
    every: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            max=31_536_000,
            help="With --refresh: seconds after which a region is due.",
        ),
    ] = 0.0,
) -> None:
    """List the clusters of the fleet file and those that EKS lists beside them, with the age of each.

    Exit status: 0 listed, 2 bad configuration, or a database that can't be read.
    """
    try:
        settings = Settings.from_environ(os.environ)
        file = load(fleet or settings.fleet_file)
    except (SettingsError, FleetFileError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    due = timedelta(seconds=every) if refresh else None
    url = settings.database_url.get_secret_value()
    known: Fleet = file.fleet
    scans: tuple[Scan, ...] = ()
    if due is not None or missing_file(url) is None:
        known, scans = stored(_read(file.fleet, url, due=due))
    for line in lines(known, scans, now=datetime.now(UTC)):
        typer.echo(line)


async def _read(
    fleet: Fleet, database_url: str, *, due: timedelta | None
) -> tuple[Fleet, tuple[Scan, ...]]:
    async with open_store(database_url, now=lambda: datetime.now(UTC)) as store:
        records = InventoryRecords(engine=store.engine, now=store.now)
        if due is not None:
            async with build_clients(fleet) as clients:
                every = due or timedelta(microseconds=1)
                await Inventory(
                    fleet=fleet, clients=clients, records=records, every=every
                ).refresh()
        return await fleet_on_record(fleet, records), await records.scans()


def lines(fleet: Fleet, scans: tuple[Scan, ...], *, now: datetime) -> Iterator[str]:
    """One line per cluster, one for the organization, then one per region that could not be looked into."""
    for cluster in fleet.clusters:
        issuer = cluster.known_issuer or "issuer not known yet"
        yield f"{cluster.name}  {_origin(cluster, now)}  {issuer}"
    troubles = Troubles.of(fleet, scans)
    if (listed := troubles.organization) is not None:
        count = f"{troubles.discovered} account{'' if troubles.discovered == 1 else 's'}"
        beside = f"{count} beside the fleet file's, " if troubles.discovered else ""
        yield f"organization: {beside}{_listed(listed, now)}"
    if (refused := troubles.members_refused) is not None:
        yield f"organization: {refused}"
    for scan in troubles.listed:
        yield f"{scan.account} {scan.region}: {_listed(scan, now)}"


def _listed(scan: Scan, now: datetime) -> str:
    last = f"last listed {age(now, scan.at)} ago" if scan.at else "never listed"
    return last if scan.trouble is None else f"{last}; {scan.trouble}"


def _origin(cluster: FleetCluster, now: datetime) -> str:
    where = "found by EKS" if cluster.discovered else "fleet file"
    return where if cluster.seen_at is None else f"{where}, seen {age(now, cluster.seen_at)} ago"


def age(now: datetime, then: datetime) -> str:
    """How long ago, in one unit: `12 min`."""
    seconds = max((now - then).total_seconds(), 0.0)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(short_help="List the clusters that the bot knows, and their age.")(inventory)
