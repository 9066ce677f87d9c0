"""Every scenario through the bot's own clients and engine, read from the world as it is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diagnostics.errors import WriteDenied
from diagnostics.fix.drive import apply
from diagnostics.fix.plan import AnnotateServiceAccount
from diagnostics.result import Status, Verdict
from sandbox.scenarios.load import scenarios
from sandbox.world.blueprint import role_arn_of
from tests.world.diagnosing import BUTTONS, diagnosed, now

if TYPE_CHECKING:
    from bot.clients import FleetClients
    from diagnostics.fix.plan import Fix
    from sandbox.scenarios.model import Scenario
    from sandbox.world import World

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda one: one.id)
@pytest.mark.usefixtures("started")
async def test_the_cause_that_the_scenario_states_is_found_first(
    scenario: Scenario, clients: FleetClients
) -> None:
    answer = await diagnosed(scenario, clients)

    found = answer.root.code if answer.root else None
    assert found == scenario.expect.code, answer.headline
    if scenario.expect.code is None:
        assert answer.verdict is Verdict.HEALTHY, answer.advice
    failed = {f"catalogue:{r.code}" for r in answer.with_status(Status.FAIL)}
    assert {row for row in scenario.rows if row.startswith("catalogue:")} <= failed


@pytest.mark.parametrize(
    "scenario", [one for one in scenarios() if one.expect.fixes], ids=lambda one: one.id
)
async def test_the_buttons_mend_it_in_the_stated_order(
    scenario: Scenario, world: World, clients: FleetClients
) -> None:
    for button in scenario.expect.fixes:
        answer = await diagnosed(scenario, clients)
        fix = _first(answer.fixes, BUTTONS[button])
        await apply(fix, clients, now=now)

    # The old text is of the time before; what counts is the world as it is now.
    after = await diagnosed(scenario, clients, text=False)

    assert after.verdict is Verdict.HEALTHY, after.headline
    where = scenario.where
    path = f"/api/v1/namespaces/{where.namespace}/serviceaccounts/{where.service_account}"
    account = await world.kubectl_get(where.cluster, path)
    annotation = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert annotation == role_arn_of(scenario)
    pods = [
        pod
        for cluster in (await world.state())["clusters"]
        if cluster["name"] == where.cluster
        for pod in cluster["pods"]
        if (pod["namespace"], pod["workload"]) == (where.namespace, where.workload.name)
    ]
    assert pods
    assert {pod["role_arn"] for pod in pods} == {role_arn_of(scenario)}


async def test_an_annotation_that_changed_in_between_is_not_overwritten(
    world: World, clients: FleetClients
) -> None:
    scenario = next(one for one in scenarios() if one.id == "missing-annotation")
    fix = _first((await diagnosed(scenario, clients)).fixes, AnnotateServiceAccount)
    body = {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "somebody else's"}}}
    await world.kubectl(
        "prod-eu", "PATCH", "/api/v1/namespaces/payments/serviceaccounts/api", body, patch="merge"
    )

    with pytest.raises(Exception, match="changed since the diagnosis") as raised:
        await apply(fix, clients, now=now)

    assert not isinstance(raised.value, WriteDenied)


def _first(fixes: tuple[Fix, ...], kind: type[Fix]) -> Fix:
    return next(fix for fix in fixes if isinstance(fix, kind))
