"""One world for the package: it takes a second to start, and a reset puts it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest_asyncio

from bot.clients import build_clients
from bot.fleet_file import load
from sandbox.world import World
from sandbox.world.landscape import account_named

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

    from bot.clients import FleetClients


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def started() -> AsyncIterator[World]:
    async with World() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="package")
async def world(started: World) -> AsyncIterator[World]:
    """The world as it is at the start, and put back afterwards."""
    yield started
    await started.reset()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def clients(
    started: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FleetClients]:
    """The bot's own clients, by the fleet file that the world writes."""
    file = tmp_path_factory.mktemp("fleet") / "fleet.yaml"
    started.fleet_yaml(file)
    async with build_clients(load(file).fleet, started.environ()) as opened:
        yield opened


def iam_of(world: World, account: str) -> Any:
    """A client of IAM in a member account, as the read role."""
    return world._iam[account_named(account).id]
