"""Each code: a world with its fault fails it and names it, the healthy world passes it."""

from __future__ import annotations

from operator import attrgetter

import pytest

from diagnostics.checks.catalogue import catalogue
from diagnostics.checks.selectors import matches
from diagnostics.evidence.role_annotation import looks_like_role_key, read_past_faults
from diagnostics.result import Severity, Status, Verdict
from tests.engine import healthy as h
from tests.engine.diagnosing import codes, diagnosed
from tests.engine.faults import FAULTS, Fault


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


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("eks.amazonaws.com/role_arn", True),
        ("eks.amazonaws.com/rolearn", True),
        ("eks.amazonaws.com/roleARN", True),
        ("eks.amazonaws.com/iam-role-arn", True),
        ("eks.amazon.com/role-arn", True),
        ("eks.amazonaws.co/role-arn", True),
        ("esk.amazonaws.com/role-arn", True),
        ("eks.amazonaws.com/role", True),
        ("amazonaws.com/role-arn", True),
        ("iam.amazonaws.com/role", True),
        ("eks.amazonaws.com/role-arn", False),
        ("eks.amazonaws.com/audience", False),
        ("eks.amazonaws.com/token-expiration", False),
        ("eks.amazonaws.com/sts-regional-endpoints", False),
        ("eks.amazonaws.com/skip-containers", False),
        ("meta.helm.sh/release-name", False),
        ("role", False),
    ],
)
def test_a_misspelled_key_is_told_from_another_one(key: str, near: bool) -> None:  # noqa: FBT001
    assert looks_like_role_key(key) is near


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (f" {h.ROLE}\n", h.ROLE),
        (f'"{h.ROLE}"', h.ROLE),
        (f"\u200b{h.ROLE}", h.ROLE),
        (h.ROLE.replace(":iam::", ":iam::::"), h.ROLE),
        (h.ROLE.replace("role/", ""), h.ROLE),
        ("arn:aws:iam::11112222333:role/payments-api", None),
        ("arn:aws:iam::${ACCOUNT}:role/payments-api", None),
        ("arn:aws:iam::111122223333:instance-profile/payments-api", None),
        ("payments-api", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_a_faulty_arn_is_read_only_where_its_meaning_is_certain(
    value: str, meant: str | None
) -> None:
    found = read_past_faults(value)

    assert (str(found) if found else None) == meant


@pytest.mark.parametrize(
    ("selector", "complete", "answer"),
    [
        ("", True, True),
        ("a=b", True, True),
        ("a=c", True, False),
        ("z", True, False),
        ("!z", True, True),
        ("!z", False, None),
        ("a in (b,c),z=1", False, None),
        ("a notin (b)", True, False),
        ("a in (c, d)", False, False),
    ],
)
def test_a_selector_is_judged_as_far_as_labels_are_known(
    selector: str,
    complete: bool,  # noqa: FBT001
    answer: bool | None,  # noqa: FBT001
) -> None:
    assert matches(selector, {"a": "b"}, complete=complete) is answer
