"""Effect, principal and action: who and what a statement is about."""

from __future__ import annotations

from typing import Any

import pytest

from diagnostics.iam import Outcome, decide
from tests.iam.building import (
    ACTION,
    ISSUER,
    OTHER_PROVIDER,
    PROVIDER,
    policy,
    request,
    statement,
)

YES, NO, DENIED, MAYBE = (
    Outcome.ALLOWED,
    Outcome.IMPLICIT_DENY,
    Outcome.EXPLICIT_DENY,
    Outcome.UNDECIDED,
)


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ("Action", ACTION, YES),
        ("Action", ACTION.upper(), YES),
        ("Action", "sts:*", YES),
        ("Action", "*", YES),
        ("Action", "sts:AssumeRole*", YES),
        ("Action", "STS:assumerolewithwebidentit?", YES),
        ("Action", "sts:AssumeRole", NO),
        ("Action", "sts:AssumeRole?", NO),
        ("Action", ["sts:AssumeRole", ACTION], YES),
        ("Action", [], NO),
        ("Action", "AssumeRoleWithWebIdentity", NO),
        ("Action", " sts:AssumeRoleWithWebIdentity", NO),
        ("NotAction", "sts:AssumeRole", YES),
        ("NotAction", ACTION.lower(), NO),
        ("NotAction", ["s3:*", "sts:*"], NO),
    ],
)
def test_actions_ignore_case_and_take_wildcards(
    element: str, value: object, expected: Outcome
) -> None:
    body = {**statement(), "Action": None, element: value}
    body = {name: item for name, item in body.items() if item is not None}
    assert decide(policy(body), request()).outcome is expected


@pytest.mark.parametrize(
    ("principal", "allow", "deny"),
    [
        ({"Federated": PROVIDER}, YES, DENIED),
        ({"Federated": [OTHER_PROVIDER, PROVIDER]}, YES, DENIED),
        ({"Federated": OTHER_PROVIDER}, NO, YES),
        ({"Federated": PROVIDER.lower()}, NO, YES),
        ({"Federated": PROVIDER + "/"}, NO, YES),
        ({"Federated": PROVIDER[:-1] + "*"}, NO, YES),
        ({"Federated": "*"}, NO, YES),
        ({"Federated": f"https://{ISSUER}"}, NO, YES),
        ({"AWS": PROVIDER}, NO, YES),
        ({"AWS": "arn:aws:iam::111122223333:root"}, NO, YES),
        ({"AWS": "111122223333"}, NO, YES),
        ({"AWS": "*"}, MAYBE, DENIED),
        ({"AWS": ["arn:aws:iam::111122223333:root", "*"]}, MAYBE, DENIED),
        ("*", MAYBE, DENIED),
        ({"Service": "eks.amazonaws.com"}, NO, YES),
        ({"Service": "eks.amazonaws.com", "Federated": PROVIDER}, YES, DENIED),
        (
            {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
            NO,
            YES,
        ),
        ({}, NO, YES),
    ],
)
def test_a_principal_matches_as_documented(principal: Any, allow: Outcome, deny: Outcome) -> None:
    assert decide(policy(statement(Principal=principal)), request()).outcome is allow
    both = policy(statement(), statement({}, Effect="Deny", Principal=principal))
    assert decide(both, request()).outcome is deny


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Federated": PROVIDER}, YES),
        ({"Federated": OTHER_PROVIDER}, DENIED),
        ({"AWS": "arn:aws:iam::111122223333:root"}, DENIED),
        ("*", YES),
    ],
)
def test_a_deny_for_all_but_some_spares_those(principal: Any, expected: Outcome) -> None:
    deny = statement({}, Effect="Deny", Principal=None, NotPrincipal=principal)
    assert decide(policy(statement(), deny), request()).outcome is expected


def test_a_deny_outweighs_every_allow_in_any_order() -> None:
    deny = statement({"StringLike": {f"{ISSUER}:sub": "*:payments:*"}}, Effect="Deny")
    for trust in (policy(statement(), deny), policy(deny, statement())):
        decision = decide(trust, request())
        assert decision.outcome is DENIED
        assert decision.statement == next(s.index for s in trust.statements if not s.allow)


def test_a_deny_with_a_negated_operator_on_a_misspelled_key_denies_everyone() -> None:
    deny = statement({"StringNotEquals": {"aws:SourceVpcee": "vpce-1"}}, Effect="Deny")
    assert decide(policy(statement(), deny), request()).outcome is DENIED


def test_a_provider_of_another_account_never_assumes_the_role() -> None:
    other = request(role="arn:aws:iam::999988887777:role/payments-api")
    decision = decide(policy(statement()), other)
    assert decision.outcome is NO
    assert "999988887777" in decision.reasons[0].words


@pytest.mark.parametrize("condition", [{}, None])
def test_a_statement_without_conditions_lets_every_subject_in(condition: Any) -> None:
    body = statement()
    body["Condition"] = condition
    if condition is None:
        del body["Condition"]
    assert decide(policy(body), request("system:serviceaccount:any:one")).outcome is YES


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, ("aws:SourceIp",)),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, ("aws:SourceVpce",)),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01"}}, ("aws:CurrentTime",)),
        ({"StringLike": {"sts:RoleSessionName": "botocore-*"}}, ("sts:RoleSessionName",)),
        ({"StringEqualsIfExists": {"aws:UserAgent": "x"}}, ("aws:UserAgent",)),
        ({"Null": {"aws:SourceVpc": "false"}}, ("aws:SourceVpc",)),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, ("aws:RequestedRegion",)),
    ],
)
def test_what_only_sts_knows_leaves_an_open_context_undecided(
    condition: Any, keys: tuple[str]
) -> None:
    blocks = statement()["Condition"]
    for operator, block in condition.items():
        blocks[operator] = {**blocks.get(operator, {}), **block}
    trust = policy(statement(blocks))
    decision = decide(trust, request(session=None, open_context=True))
    assert decision.outcome is MAYBE
    assert decision.undecided == keys
    assert decide(trust, request("system:serviceaccount:x:y", open_context=True)).outcome is NO


@pytest.mark.parametrize(
    ("effect", "condition", "expected"),
    [
        ("Allow", {"Bool": {"aws:SecureTransport": "true"}}, YES),
        ("Allow", {"Bool": {"aws:SecureTransport": "false"}}, NO),
        ("Deny", {"Bool": {"aws:SecureTransport": "false"}}, YES),
        ("Deny", {"BoolIfExists": {"aws:SecureTransport": "false"}}, YES),
        ("Allow", {"StringLike": {"sts:RoleSessionName": "*"}}, YES),
        ("Allow", {"StringNotLike": {"sts:RoleSessionName": ["x", "*"]}}, NO),
    ],
)
def test_what_every_call_carries_leaves_nothing_undecided(
    effect: str, condition: Any, expected: Outcome
) -> None:
    blocks = statement()["Condition"]
    for operator, block in condition.items():
        blocks[operator] = {**blocks.get(operator, {}), **block}
    guarded = statement(blocks, Effect=effect)
    trust = policy(guarded) if effect == "Allow" else policy(statement(), guarded)
    asked = request(session=None, open_context=True)
    assert decide(trust, asked).outcome is expected


def test_an_open_context_still_knows_what_is_given() -> None:
    trust = policy(statement({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    inside = request(open_context=True, context={"aws:sourceip": "203.0.113.7"})
    outside = request(open_context=True, context={"AWS:SourceIp": "198.51.100.7"})
    assert decide(trust, inside).outcome is YES
    assert decide(trust, outside).outcome is NO


def test_a_deny_that_may_match_leaves_an_allowed_call_undecided() -> None:
    deny = statement(
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, Effect="Deny", Principal={"AWS": "*"}
    )
    trust = policy(statement(), deny)
    decision = decide(trust, request(open_context=True))
    assert decision.outcome is MAYBE
    assert decision.undecided == ("aws:SourceIp",)
