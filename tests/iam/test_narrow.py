from __future__ import annotations

from typing import Any

import pytest

from diagnostics.iam import Outcome, narrow, outcome
from tests.iam.building import AUD, ISSUER, SUB, policy, request, statement

SUB_KEY, AUD_KEY = f"{ISSUER}:sub", f"{ISSUER}:aud"
NEIGHBOUR = "system:serviceaccount:payments:other"


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEquals": {AUD_KEY: AUD}},
        {"StringEquals": {SUB_KEY: SUB}},
        {"StringLike": {SUB_KEY: "system:serviceaccount:payments:*", AUD_KEY: AUD}},
        {"StringLike": {SUB_KEY: ["system:serviceaccount:*", SUB]}, "StringEquals": {AUD_KEY: AUD}},
        {"StringLike": {SUB_KEY: "*", AUD_KEY: "*"}},
    ],
)
def test_what_is_left_open_is_closed_to_this_service_account(condition: dict[str, Any]) -> None:
    fix = narrow(policy(statement(condition)), request())

    assert fix is not None
    assert fix.policy is not None
    assert outcome(fix.policy, request()) is Outcome.ALLOWED
    assert outcome(fix.policy, request(NEIGHBOUR)) is Outcome.IMPLICIT_DENY
    assert outcome(fix.policy, request(aud="other.example")) is Outcome.IMPLICIT_DENY
    assert narrow(fix.policy, request()) is None


def test_an_exact_policy_has_nothing_to_narrow() -> None:
    assert narrow(policy(statement()), request()) is None


def test_a_denied_call_is_corrected_and_not_narrowed() -> None:
    assert narrow(policy(statement({"StringEquals": {SUB_KEY: "x"}})), request()) is None
