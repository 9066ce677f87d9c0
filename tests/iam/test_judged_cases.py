"""The engine against cases that others judged."""

from __future__ import annotations

import json

import pytest

from diagnostics.iam import (
    Outcome,
    PolicyError,
    WebIdentityRequest,
    decide,
    outcome,
    parse,
    refusals,
    repair,
)
from tests.iam.building import SHARED, rows

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the judged cases lie beside the checkout, and are absent here"
)
ORACLE = {
    "Allowed": Outcome.ALLOWED,
    "ImplicitlyDenied": Outcome.IMPLICIT_DENY,
    "ExplicitlyDenied": Outcome.EXPLICIT_DENY,
}


def test_every_judged_case_is_decided_as_the_simulator_and_the_documentation_agree() -> None:
    cases = rows("trust_cases.jsonl")
    differing = {}
    for case in cases:
        found = outcome(parse(json.dumps(case["policy"])), WebIdentityRequest(**case["request"]))
        if found is not ORACLE[case["oracle"]]:
            differing[case["id"]] = (found, case["oracle"])

    assert len(cases) > 1000
    assert differing == {}


def test_every_denied_case_names_a_reason_with_a_pointer_into_the_policy() -> None:
    for case in rows("trust_cases.jsonl"):
        policy = parse(json.dumps(case["policy"]))
        decision = decide(policy, WebIdentityRequest(**case["request"]))
        if decision.outcome is Outcome.ALLOWED:
            assert decision.statement is not None
            continue
        deny_only = not any(s.allow for s in policy.statements)
        assert decision.reasons or deny_only, case["id"]
        for reason in decision.reasons:
            assert reason.pointer.startswith(policy.statements[reason.statement].pointer)


def test_every_denied_case_is_corrected_or_left_to_a_person_for_a_named_reason() -> None:
    for case in rows("trust_cases.jsonl"):
        request = WebIdentityRequest(**case["request"])
        fix = repair(parse(json.dumps(case["policy"])), request)
        if fix.policy is None:
            assert fix.blocked, case["id"]
            assert fix.before is Outcome.EXPLICIT_DENY or "account" in fix.blocked, case["id"]
        else:
            assert outcome(fix.policy, request) is Outcome.ALLOWED, case["id"]
            assert repair(fix.policy, request).changes == (), case["id"]


@pytest.mark.parametrize(
    "case", rows("malformed_policies.jsonl") if SHARED.is_dir() else [], ids=lambda c: c["id"]
)
def test_what_iam_refuses_on_save_is_reported_with_its_code(case: dict[str, str]) -> None:
    try:
        problems = refusals(parse(case["policy_text"]))
    except PolicyError as error:
        problems = error.problems

    assert case["error_code"] in {problem.code for problem in problems}
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
