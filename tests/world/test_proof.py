"""STS, which decides by the policies that are really there, agrees with the diagnosis of every scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diagnostics.case import Case
from diagnostics.fleet import Hints
from diagnostics.pipeline import diagnose
from diagnostics.proof.answer import Asked, Injected
from diagnostics.result import Diagnosis, Verdict
from sandbox.scenarios.load import scenarios
from tests.world.diagnosing import now

if TYPE_CHECKING:
    from bot.clients import FleetClients
    from sandbox.scenarios.model import Scenario
    from sandbox.world import World

pytestmark = pytest.mark.asyncio(loop_scope="package")

REFUSED_BY_STS = frozenset({"IRSA104", "IRSA107", "IRSA108", "IRSA217", "IRSA502"})
"""Causes beside those of provider (3xx) and trust (4xx) after which the call can't succeed."""
BARE = frozenset({"IRSA202", "IRSA203"})
CAUSES = REFUSED_BY_STS | BARE | {"IRSA501"}


async def asked(clients: FleetClients, scenario: Scenario) -> Diagnosis:
    where = scenario.where
    hints = Hints(
        cluster=where.cluster, namespace=where.namespace, service_account=where.service_account
    )
    answer = await diagnose(Case(hints=hints), clients, now=now)
    assert isinstance(answer, Diagnosis)
    return answer


HERE = [
    one
    for one in scenarios()
    # The sandbox's STS has the keys from the API server: whether they are public is nothing to it.
    if one.expect.code != "IRSA307"
    and (one.expect.code is None or one.expect.code[4] in "34" or one.expect.code in CAUSES)
]


@pytest.mark.parametrize("scenario", HERE, ids=lambda one: one.id)
async def test_sts_agrees_with_the_diagnosis(
    scenario: Scenario, started: World, clients: FleetClients
) -> None:
    answer = await asked(clients, scenario)

    code = answer.root.code if answer.root else None
    if answer.proof is None:
        return  # no role that could be asked for
    refused = code is not None and (code[4] in "34" or code in REFUSED_BY_STS)
    if code is None and answer.proof.refused:
        # Only the text, or STS itself, shows that the organization refuses.
        assert scenario.expect.code == "IRSA501"
        assert answer.verdict is Verdict.NOT_ENOUGH_EVIDENCE
        refused = True
    assert answer.proof.sts.asked is (Asked.REFUSED if refused else Asked.GIVEN), answer.headline
    assert answer.proof.rehearsal is not None
    bare = code in BARE
    assert answer.proof.rehearsal.injected is (Injected.BARE if bare else Injected.INJECTED)
    assert started.sts.asked[-1].signed is False
