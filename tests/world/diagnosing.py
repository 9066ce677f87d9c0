"""Diagnoses of scenarios through the bot's own clients."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from diagnostics.case import Case
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
from diagnostics.fleet import Hints
from diagnostics.pipeline import diagnose
from diagnostics.recognize import recognize
from diagnostics.result import Diagnosis
from sandbox.world.blueprint import paste_of

if TYPE_CHECKING:
    from bot.clients import FleetClients
    from sandbox.scenarios.model import Scenario

DEFAULTS = {
    "oncall": Hints(cluster="prod-eu"),
    "payments": Hints(cluster="prod-eu", namespace="payments"),
}
BUTTONS = {"annotate": AnnotateServiceAccount, "restart": RestartWorkload}


def now() -> datetime:
    return datetime.now(UTC)


async def diagnosed(scenario: Scenario, clients: FleetClients, *, text: bool = True) -> Diagnosis:
    if text:
        (symptom, *_) = recognize(paste_of(scenario))
        case = Case(symptom=symptom, defaults=DEFAULTS[scenario.channel])
    else:
        place = scenario.where
        case = Case(
            hints=Hints(
                cluster=place.cluster,
                namespace=place.namespace,
                service_account=place.service_account,
            )
        )
    answer = await diagnose(case, clients, now=now)
    assert isinstance(answer, Diagnosis), answer
    where = scenario.where
    assert (answer.target.cluster, answer.target.namespace) == (where.cluster, where.namespace)
    return answer
