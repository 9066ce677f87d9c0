"""The same scenarios on a real kube-apiserver with its controllers; the sandbox authenticates and injects."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from diagnostics.fix.drive import apply
from sandbox.scenarios.load import scenarios
from sandbox.world import World
from sandbox.world.world import real_fits
from tests.support.apiserver import control_plane, missing_assets
from tests.support.of_a_world import clients_of
from tests.world.diagnosing import BUTTONS, diagnosed, now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clients import FleetClients
    from sandbox.scenarios.model import Scenario

pytestmark = [
    pytest.mark.apiserver,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
HERE = [one for one in scenarios() if one.where.cluster == "prod-eu" and real_fits(one)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real() -> AsyncIterator[World]:
    if reason := missing_assets(os.environ):
        pytest.skip(reason)
    async with World(kube="apiserver", control_plane=control_plane) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    real: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FleetClients]:
    async with clients_of(real, tmp_path_factory.mktemp("fleet")) as clients:
        yield clients


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("scenario", HERE, ids=lambda one: one.id)
async def test_the_cause_is_found_first_on_a_real_api_server(
    scenario: Scenario, opened: FleetClients
) -> None:
    answer = await diagnosed(scenario, opened)

    found = answer.root.code if answer.root else None
    assert found == scenario.expect.code, answer.headline


async def test_the_buttons_mend_it_and_a_reset_breaks_it_again(
    real: World, opened: FleetClients
) -> None:
    scenario = next(one for one in scenarios() if one.id == "missing-annotation")
    for button in scenario.expect.fixes:
        answer = await diagnosed(scenario, opened)
        fix = next(fix for fix in answer.fixes if isinstance(fix, BUTTONS[button]))
        await apply(fix, opened, now=now)
    account = await real.kubectl_get("prod-eu", "/api/v1/namespaces/payments/serviceaccounts/api")
    assert account["metadata"]["annotations"] == {
        "eks.amazonaws.com/role-arn": "arn:aws:iam::222233334444:role/payments-api"
    }

    await real.reset()

    again = await diagnosed(scenario, opened)
    assert again.root is not None
    assert again.root.code == scenario.expect.code
