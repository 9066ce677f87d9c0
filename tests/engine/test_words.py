"""What a person reads of each fault, kept as a snapshot."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from diagnostics.explain.to_run import introduced
from diagnostics.recognize.symptom import Cause
from diagnostics.result import HEADLINE, Status
from diagnostics.text.difference import character, difference
from diagnostics.text.near_name import nearest
from diagnostics.text.time_span import spoken
from diagnostics.text.visible import visible
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed
from tests.engine.faults import FAULTS, Fault, annotated

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.code} {f.name.replace('_', ' ')}")
async def test_a_finding_reads_so(fault: Fault, snapshot: SnapshotAssertion) -> None:
    world = h.healthy()
    fault.break_it(world)

    diagnosis = await diagnosed(world, fault.case)
    finding = {r.code: r.finding for r in diagnosis.results}[fault.code]

    assert finding is not None
    lines = (
        finding.headline + (" (likely)" if finding.likely else ""),
        f"where: {finding.place}",
        f"seen: {finding.seen!r}",
        f"wanted: {finding.wanted!r}",
        f"why: {finding.why}",
        f"next: {finding.next}",
        f"note: {finding.note}",
        *(f"$ {command}" for command in finding.commands),
        *(f"[{fix.summary}] {fix.command}" for fix in diagnosis.fixes),
    )
    assert "\n".join(lines) == snapshot


async def test_a_letter_that_only_looks_like_one_of_an_arn_is_named() -> None:
    world = h.healthy()
    annotated(world, h.ROLE.replace("role", "r\u043ele"))

    diagnosis = await diagnosed(world)

    assert diagnosis.root is not None
    assert diagnosis.root.finding is not None
    assert '"\u043e" (U+043E CYRILLIC SMALL LETTER O)' in diagnosis.root.finding.headline
    assert visible(diagnosis.root.finding.seen) == h.ROLE.replace("role", "r<U+043E>le")
    assert visible("arn:aws:iam::1\u2026") == "arn:aws:iam::1\u2026"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.code} {f.name.replace('_', ' ')}")
async def test_a_finding_is_short_enough_for_a_phone(fault: Fault) -> None:
    world = h.healthy()
    fault.break_it(world)

    diagnosis = await diagnosed(world, fault.case)

    assert len(diagnosis.headline) <= HEADLINE
    for result in diagnosis.with_status(Status.FAIL):
        finding = result.finding
        assert finding is not None
        assert len(finding.headline) <= HEADLINE, finding.headline
        assert not re.search(r"[`*_<>]|[.!]$|\n", finding.headline.replace("_", "", 9))
        for words, limit in ((finding.why, 260), (finding.next, 320), (finding.note or "x.", 260)):
            assert len(words) <= limit, (result.code, words)
            assert words.endswith("."), (result.code, words)
            assert len(_SENTENCE.findall(words)) <= (2 if words is finding.note else 1), words


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.code} {f.name.replace('_', ' ')}")
async def test_what_is_known_is_filled_in(fault: Fault) -> None:
    world = h.healthy()
    fault.break_it(world)

    diagnosis = await diagnosed(world, fault.case)

    found = {r.code: r for r in diagnosis.results}[fault.code].finding
    assert found is not None
    for ready in (found.next, *found.commands):
        assert not re.search(r"<[\w' ]+>|\bREGION\b|ACCOUNT_ID", ready), ready


async def test_commands_say_where_they_are_run_and_which_stand_for_another() -> None:
    world = h.healthy()
    fault = next(f for f in FAULTS if f.code == "IRSA301")
    fault.break_it(world)

    diagnosis = await diagnosed(world, fault.case)

    assert diagnosis.root is not None
    assert diagnosis.root.finding is not None
    leads = [lead for lead, _ in introduced(diagnosis.root.finding, diagnosis.target.cluster)]
    assert leads == [f"Run in account {h.SHARED}", "Or run", "Or write"]


async def test_the_second_fault_of_an_annotation_is_told_with_the_first() -> None:
    world = h.healthy()
    world.roles.clear()
    annotated(world, "arn:aws:iam::11112222333:role/payments-api ")

    diagnosis = await diagnosed(world)

    found = {r.code: r for r in diagnosis.results}["IRSA105"].finding
    assert found is not None
    assert found.headline == "The role annotation is malformed: it holds a space at character 43"
    assert found.note == "Besides, the account ID is 11 characters, not 12 digits."


async def test_the_container_whose_role_arn_sts_refuses_is_named_with_its_value() -> None:
    world = h.healthy()
    world.pods = [h.pod("arn:aws:iam::111122223333:user/payments-api")]

    diagnosis = await diagnosed(
        world, h.case(h.symptom(Cause.VALIDATION, message="Request ARN is invalid"))
    )

    found = {r.code: r for r in diagnosis.results}["IRSA503"].finding
    assert found is not None
    assert found.headline.endswith("app is malformed: it names user where role/ is expected")
    assert found.seen == "arn:aws:iam::111122223333:user/payments-api"


_SENTENCE = re.compile(r"[.!?](?=\s+[A-Z]|$)")


@pytest.mark.parametrize(
    ("seen", "wanted", "words"),
    [
        ("same", "same", None),
        (
            "system:serviceaccount: a:b",
            "system:serviceaccount:a:b",
            'they first differ at character 23: a space where "a" is expected',
        ),
        (
            "a\u200bb",
            "ab",
            'they first differ at character 2: U+200B ZERO WIDTH SPACE where "b" is expected',
        ),
        ("system:serviceaccount:staging:api", "system:serviceaccount:payments:api", None),
        ("ab", "abc", "it ends where c is expected"),
        ("abc", "ab", "it goes on with c where it should end"),
        (
            "\u0430b",
            "ab",
            (
                'they first differ at character 1: "\u0430" (U+0430 CYRILLIC SMALL LETTER A) '
                'where "a" is expected'
            ),
        ),
    ],
)
def test_a_difference_is_told_by_its_first_character(
    seen: str, wanted: str, words: str | None
) -> None:
    assert difference(seen, wanted) == words


def test_a_lone_surrogate_has_words_too() -> None:
    assert character("\ud800") == "U+D800 unnamed"


def test_a_near_name_is_found_and_a_far_one_is_not() -> None:
    assert nearest("payments-apl", ["orders", "payments-api"]) == "payments-api"
    assert nearest("payments-api", ["orders"]) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (90, "1 minute"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_a_span_is_rounded_as_people_say_it(seconds: int, words: str) -> None:
    assert spoken(timedelta(seconds=seconds)) == words
