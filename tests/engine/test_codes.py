"""Each code: a world with its fault fails it and names it, the healthy world passes it."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import pytest

from diagnostics.checks.catalogue import catalogue
from diagnostics.pipeline import diagnose
from diagnostics.result import Diagnosis, Severity, Status, Verdict
from tests.engine import healthy as h
from tests.engine.faults import FAULTS, Fault
from tests.engine.fleet_double import NOON, DoubleClients, World

if TYPE_CHECKING:
    from diagnostics.case import Case


async def diagnosed(world: World, case: Case | None = None) -> Diagnosis:
    answer = await diagnose(case or h.case(), DoubleClients(world), now=lambda: NOON)
    assert isinstance(answer, Diagnosis)
    return answer


def codes(diagnosis: Diagnosis, status: Status) -> set[str]:
    return {r.code for r in diagnosis.results if r.status is status}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.code} {f.name.replace('_', ' ')}")
async def test_a_fault_is_found_and_leads(fault: Fault) -> None:
    world = h.healthy()
    fault.break_it(world)

    diagnosis = await diagnosed(world, fault.case)
    found = {r.code: r for r in diagnosis.results}[fault.code]

    assert found.status is Status.FAIL, (found.reason, codes(diagnosis, Status.FAIL))
    assert found.finding is not None
    if fault.risk:
        assert found.severity is Severity.RISK
    else:
        assert diagnosis.root is not None
        assert diagnosis.root.code == fault.code, diagnosis.headline
        assert diagnosis.verdict is Verdict.CAUSE_FOUND
    assert fault.says in f"{found.finding.headline} {found.finding.note}"
    following = {r.code for r in diagnosis.results if r.follows_from == fault.code}
    assert set(fault.follows) <= following


async def test_the_healthy_world_has_no_fault() -> None:
    diagnosis = await diagnosed(h.healthy())

    assert diagnosis.verdict is Verdict.HEALTHY
    assert codes(diagnosis, Status.FAIL) == set()
    assert codes(diagnosis, Status.ERROR) == set()
    assert diagnosis.fixes == ()
    assert diagnosis.correction is None


def test_every_code_has_a_broken_world() -> None:
    assert {check.code for check in catalogue()} == {fault.code for fault in FAULTS}


@pytest.mark.parametrize("check", catalogue(), ids=attrgetter("code"))
def test_a_check_says_why_and_cites_a_source(check: object) -> None:
    why, source = attrgetter("why", "source")(check)

    assert why.endswith(".")
    assert source


@pytest.mark.parametrize(
    "check", [c for c in catalogue() if any(not n.clients for n in c.needs)], ids=attrgetter("code")
)
async def test_a_code_is_unknown_or_unneeded_where_nothing_can_be_read(check: object) -> None:
    world = h.healthy()
    world.refuse("*")

    diagnosis = await diagnosed(world, h.case(h.symptom()))
    result = {r.code: r for r in diagnosis.results}[attrgetter("code")(check)]

    assert result.status in {Status.ERROR, Status.NOT_CHECKED, Status.PASS}
    if result.status is Status.ERROR:
        assert "AccessDenied" in (result.reason or "")
        assert result.enable
