"""Diagnoses of worlds in memory, at noon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.pipeline import diagnose
from diagnostics.result import Diagnosis
from tests.engine import healthy as h
from tests.engine.fleet_double import NOON, DoubleClients

if TYPE_CHECKING:
    from diagnostics.case import Case
    from diagnostics.result import Status
    from tests.engine.fleet_double import World


async def diagnosed(world: World, case: Case | None = None) -> Diagnosis:
    answer = await diagnose(case or h.case(), DoubleClients(world), now=lambda: NOON)
    assert isinstance(answer, Diagnosis)
    return answer


def codes(diagnosis: Diagnosis, status: Status) -> set[str]:
    return {r.code for r in diagnosis.results if r.status is status}
