"""Two faults at once, every pair that can coexist: both are told, one leads, and once it is mended the other does."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from diagnostics.result import Status, Verdict
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed
from tests.engine.edits import role_of
from tests.engine.pairs import CONTRADICTIONS, all_pairs, chosen

if TYPE_CHECKING:
    from diagnostics.case import Case
    from tests.engine.faults import Fault
    from tests.engine.fleet_double import World

HANDSHAKE = (
    *("101", "102", "111", "106", "103", "105", "107", "104", "401"),
    *("202", "203", "205", "204", "206", "215", "207"),
    *("108", "217", "308", "305", "303", "302", "301", "304", "307", "306"),
    # A Deny outweighs all; then what a statement is for, whom it trusts, under which keys, with which values.
    *("413", "502", "402", "403", "404", "414", "410", "407", "405", "406", "411", "408"),
    *("412", "415", "501", "201", "208", "209"),
)
"""What has to be right before the next can matter: workload, injection, provider, trust, pods."""
UNNAMED = ("IRSA102", "IRSA103", "IRSA106", "IRSA111")
"""With these nothing but the question says which role is meant."""


def broken(*faults: Fault) -> World:
    """A world with these faults."""
    world = h.healthy()
    for fault in faults:
        fault.break_it(world)
    return world


def asked(world: World, present: tuple[Fault, ...], pair: tuple[Fault, Fault]) -> Case:
    """What is asked about a pair: the text of those present, and the same names before and after."""
    symptom = next((f.case.symptom for f in present if f.case.symptom), None)
    hints: dict[str, Any] = {}
    workload = next((f.case.hints.workload for f in pair if f.case.hints.workload), None)
    if workload is not None:
        hints["workload"] = workload
    if symptom is None and any(f.code in UNNAMED for f in pair):
        role = role_of(world)
        hints["role_arn"] = role.arn if role else h.ROLE
    return h.case(symptom, **hints)


def test_every_pair_is_tried_or_has_a_reason() -> None:
    pairs, causes = all_pairs(), len(chosen())
    counts = (len(pairs.tried), len(pairs.contradicting), len(pairs.of_two_texts))

    assert sum(counts) == causes * (causes - 1) // 2 == 1540
    assert counts == (1298, 123, 119)


def test_every_reason_is_that_of_some_pair() -> None:
    codes = {fault.code.removeprefix("IRSA") for fault in chosen()}

    assert {why for _, _, why in all_pairs().contradicting} == {why for *_, why in CONTRADICTIONS}
    assert {c for some, others, _ in CONTRADICTIONS for c in (*some, *others)} <= codes


def test_two_texts_are_two_faults_that_no_one_text_shows() -> None:
    of_texts = [fault for fault in chosen() if fault.case.symptom]

    together = {frozenset((a.code, b.code)) for a, b in combinations(of_texts, 2)}
    apart = {frozenset((a.code, b.code)) for a, b in all_pairs().of_two_texts}
    assert together - apart == {frozenset(("IRSA306", "IRSA307"))}


@pytest.mark.parametrize("one", chosen(), ids=lambda fault: fault.code)
def test_the_second_fault_shows_in_the_world_too(one: Fault) -> None:
    """Neither undoes nor covers the other, or else the pair would be one fault tried twice."""
    for pair in all_pairs().tried:
        if pair[0].code == one.code and all(broken(f) != h.healthy() for f in pair):
            both = broken(*pair)
            assert both not in (broken(pair[0]), broken(pair[1])), [f.code for f in pair]


@pytest.mark.parametrize("one", chosen(), ids=lambda fault: fault.code)
async def test_of_two_faults_one_leads_and_then_the_other(one: Fault) -> None:
    for pair in all_pairs().tried:
        if pair[0].code != one.code:
            continue
        first, other = pair
        told = f"{first.code} and {other.code}"
        world = broken(first, other)
        both = await diagnosed(world, asked(world, pair, pair))
        assert both.root is not None, told
        assert both.root.code in {first.code, other.code}, (told, both.root.code)
        leads, then = (first, other) if both.root.code == first.code else (other, first)

        second = {r.code: r for r in both.results}[then.code]
        # What can't be judged yet says so, and why.
        assert second.status in {Status.FAIL, Status.NOT_CHECKED}, (told, then.code, second.status)
        assert second.finding or second.reason, told
        if first.case.symptom == other.case.symptom:
            order = [HANDSHAKE.index(f.code.removeprefix("IRSA")) for f in (leads, then)]
            assert order == sorted(order), (told, f"{leads.code} leads")

        rest = broken(then)
        mended = await diagnosed(rest, asked(rest, (then,), pair))
        assert mended.root is not None, told
        assert mended.root.code == then.code, (told, mended.root.code)


async def test_once_both_are_mended_nothing_is_left() -> None:
    assert (await diagnosed(broken(), h.case(role_arn=h.ROLE))).verdict is Verdict.HEALTHY
