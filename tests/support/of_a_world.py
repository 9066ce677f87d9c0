"""What the bot makes of a world: its fleet by the file that the world writes, and the clients of that fleet."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.clients import build_clients
from bot.fleet_file import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.clients import FleetClients
    from diagnostics.fleet import Fleet
    from sandbox.world import World


def fleet_of(world: World, folder: Path) -> Fleet:
    """The fleet, written into a folder and read as the bot reads it."""
    file = folder / "fleet.yaml"
    world.fleet_yaml(file)
    return load(file).fleet


@asynccontextmanager
async def clients_of(world: World, folder: Path) -> AsyncIterator[FleetClients]:
    """The bot's own clients of the world's fleet."""
    async with build_clients(fleet_of(world, folder), world.environ()) as clients:
        yield clients
