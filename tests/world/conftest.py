"""One world for the package: it takes a second to start, and a reset puts it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest_asyncio

from sandbox.world import World
from sandbox.world.landscape import account_named
from tests.support.of_a_world import clients_of

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
    async with clients_of(started, tmp_path_factory.mktemp("fleet")) as opened:
        yield opened


def iam_of(world: World, account: str) -> Any:
    """A client of IAM in a member account, as the read role."""
    return world._iam[account_named(account).id]
