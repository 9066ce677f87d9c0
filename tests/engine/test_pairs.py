"""Two faults at once, every pair that can coexist: both are told, one leads, and once it is mended the other does."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from diagnostics.result import Status, Verdict
from tests.engine import healthy as h
from tests.engine.faults import FAULTS, Fault
from tests.engine.test_codes import diagnosed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.case import Case
    from tests.engine.fleet_double import World

PLAIN = h.case()
TRUST = ("402", "403", "404", "405", "406", "407", "408", "410", "411", "412", "413", "414", "415")
BARE_PODS = ("101", "102", "103", "106", "111", "201", "202", "203", "204")
EXCLUDED: dict[tuple[str, tuple[str, ...]], str] = {
    ("104", (*TRUST, "308", "401", "502", "107")): "it takes a role that does trust the pod",
    ("217", BARE_PODS): "it takes pods with a whole web identity",
    (
        "303",
        ("301", "302", "304", "305", "217"),
    ): "it takes a sound provider in the cluster's account",
    ("303", ("501",)): "the policy of that fault is over another account",
    ("108", ("208", "408")): "both faults of the table name the same other audience, which fits",
    ("108", ("413",)): "the Deny of that fault is on the default audience",
    ("111", ("107",)): "it takes a namesake that is annotated with the role as it is",
}
"""Pairs of which each fault denies what the other one takes for granted, and why."""
HANDSHAKE = (
    *("101", "102", "111", "106", "103", "105", "107", "104", "401"),
    *("202", "203", "205", "204", "206", "207", "215"),
    *("108", "217", "308", "305", "303", "302", "301", "304", "306", "307"),
    *("413", "502", *TRUST, "501", "201", "208", "209"),
)
"""What has to be right before the next can matter: workload, injection, provider, trust, pods."""


@cache
def chosen() -> tuple[Fault, ...]:
    """One fault for each cause."""
    first: dict[str, Fault] = {}
    for fault in FAULTS:
        if not fault.risk:
            first.setdefault(fault.code, fault)
    return tuple(first.values())


@cache
def touched(fault: Fault) -> frozenset[str]:
    """Which parts of the world a fault changes."""
    sound, broken = h.healthy(), h.healthy()
    fault.break_it(broken)
    names = (one.name for one in fields(sound))
    return frozenset(n for n in names if getattr(sound, n) != getattr(broken, n))


def contradict(one: Fault, other: Fault) -> bool:
    """Whether the two can't be at once: the same thing broken twice, two texts, or one denies the other."""
    if touched(one) & touched(other) or (PLAIN not in (one.case, other.case)):
        return True
    codes = {one.code.removeprefix("IRSA"), other.code.removeprefix("IRSA")}
    return any(code in codes and codes - {code} <= set(others) for code, others in EXCLUDED)


def pairs() -> Iterator[tuple[Fault, Fault]]:
    """Every pair that can coexist."""
    for one, other in combinations(chosen(), 2):
        if not contradict(one, other):
            yield one, other


def named(case: Case, fault: Fault) -> Case:
    """The case, with the role named where nothing else would say which one is meant."""
    return h.case(role_arn=h.ROLE) if fault.code in _UNNAMED and case == PLAIN else case


_UNNAMED = ("IRSA102", "IRSA103", "IRSA106", "IRSA111")


def case_of(one: Fault, other: Fault) -> Case:
    """The case of the fault that has one of its own."""
    case = other.case if one.case == PLAIN else one.case
    return named(named(case, one), other)


def broken(*faults: Fault) -> World:
    """A world with these faults."""
    world = h.healthy()
    for fault in faults:
        fault.break_it(world)
    return world


def test_pairs_are_many() -> None:
    assert sum(1 for _ in pairs()) > 950


@pytest.mark.parametrize("one", chosen(), ids=lambda fault: fault.code)
async def test_of_two_faults_one_leads_and_then_the_other(one: Fault) -> None:
    for first, other in pairs():
        if first is not one:
            continue
        told = f"{first.code} and {other.code}"
        both = await diagnosed(broken(first, other), case_of(first, other))
        assert both.root is not None, told
        assert both.root.code in {first.code, other.code}, (told, both.root.code)
        leads, then = (first, other) if both.root.code == first.code else (other, first)

        second = {r.code: r for r in both.results}[then.code]
        # What can't be judged yet says so, and why.
        assert second.status in {Status.FAIL, Status.NOT_CHECKED}, (told, then.code, second.status)
        assert second.finding or second.reason, told
        if first.case == other.case:
            order = [HANDSHAKE.index(f.code.removeprefix("IRSA")) for f in (leads, then)]
            assert order == sorted(order), (told, f"{leads.code} leads")

        mended = await diagnosed(broken(then), named(then.case, leads))
        assert mended.root is not None, told
        assert mended.root.code == then.code, (told, mended.root.code)


async def test_once_both_are_mended_nothing_is_left() -> None:
    assert (await diagnosed(broken(), h.case(role_arn=h.ROLE))).verdict is Verdict.HEALTHY
