"""Every operator: matching, not matching, absent key, IfExists, set prefixes. Tables from the IAM User Guide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from diagnostics.iam import Outcome, decide
from tests.iam.building import AUD, ISSUER, SUB, policy, request, statement

SUB_KEY = f"{ISSUER}:sub"
YES, NO, MAYBE = Outcome.ALLOWED, Outcome.IMPLICIT_DENY, Outcome.UNDECIDED
KEY = "aws:RequestTag/x"

COMPARED: list[tuple[str, object, str, bool]] = [
    ("StringEquals", "abc", "abc", True),
    ("StringEquals", "abc", "ABC", False),
    ("StringEquals", "a*", "abc", False),
    ("StringEquals", ["x", "abc"], "abc", True),
    ("StringEquals", True, "true", True),
    ("StringEquals", 12, "12", True),
    ("StringEquals", 1.50, "1.5", True),
    ("StringEqualsIgnoreCase", "abc", "ABC", True),
    ("StringEqualsIgnoreCase", "abc", "abd", False),
    ("StringLike", "a*c", "abbbc", True),
    ("StringLike", "a*c", "ac", True),
    ("StringLike", "a?c", "ac", False),
    ("StringLike", "a?c", "abc", True),
    ("StringLike", "*", "", True),
    ("StringLike", "A*", "abc", False),
    ("StringLike", "*:*", "a:b/c", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericEquals", "10", "ten", False),
    ("NumericEquals", "ten", "ten", False),
    ("NumericLessThan", "10", "9.5", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", 10, "10", True),
    ("NumericGreaterThan", "-1", "0", True),
    ("NumericGreaterThanEquals", "2", "1", False),
    ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
    ("DateEquals", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", True),
    ("DateEquals", "1767225600", "2026-01-01", True),
    ("DateLessThan", "2026-01-01", "2025-12-31T23:59:59Z", True),
    ("DateGreaterThan", "2026-01-01", "2025-12-31", False),
    ("DateGreaterThanEquals", "2026-13-45", "2026-01-01", False),
    ("DateLessThanEquals", "2026-01-01T00:00:00.500Z", "2026-01-01T00:00:00.250Z", True),
    ("Bool", "true", "true", True),
    ("Bool", True, "true", True),
    ("Bool", "true", "false", False),
    ("Bool", "yes", "yes", False),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
    ("BinaryEquals", "***", "***", False),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
    ("IpAddress", "203.0.113.9", "203.0.113.9", True),
    ("IpAddress", "203.0.113.0/24", "203.0.114.1", False),
    ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
    ("IpAddress", "2001:db8::/32", "203.0.113.9", False),
    ("IpAddress", "nonsense", "203.0.113.9", False),
    (
        "ArnEquals",
        "arn:aws:ec2:*:111122223333:vpc/*",
        "arn:aws:ec2:eu-west-1:111122223333:vpc/v",
        True,
    ),
    ("ArnLike", "arn:aws:ec2:*:111122223333:vpc/*", "arn:aws:ec2:a:b:111122223333:vpc/v", False),
    ("ArnLike", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a:b", True),
    ("ArnEquals", "system:serviceaccount:a:b", "system:serviceaccount:a:b", False),
]
NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}
POSITIVE = sorted({row[0] for row in COMPARED})


def ask(operator: str, value: object, context: dict[str, Any], **more: Any) -> Outcome:
    return decide(
        policy(statement({operator: {KEY: value}})), request(context=context, **more)
    ).outcome


@pytest.mark.parametrize(("operator", "value", "seen", "holds"), COMPARED)
def test_an_operator_compares_as_documented_alone_and_with_ifexists(
    operator: str, value: object, seen: str, *, holds: bool
) -> None:
    expected = YES if holds else NO
    for written in (
        operator,
        f"{operator}IfExists",
        f"ForAnyValue:{operator}",
        f"ForAllValues:{operator}",
    ):
        if seen == "" and written.startswith("ForAnyValue"):
            continue  # an empty value is a null data set there
        assert ask(written, value, {KEY: seen}) is expected, written


@pytest.mark.parametrize(
    ("operator", "value", "seen", "holds"), [row for row in COMPARED if row[0] in NEGATED]
)
def test_a_negated_operator_holds_exactly_where_the_plain_one_does_not(
    operator: str, value: object, seen: str, *, holds: bool
) -> None:
    assert ask(NEGATED[operator], value, {KEY: seen}) is (NO if holds else YES)


@pytest.mark.parametrize("operator", POSITIVE)
def test_without_the_key_a_plain_operator_fails_and_its_ifexists_holds(operator: str) -> None:
    assert ask(operator, "1", {}) is NO
    assert ask(f"{operator}IfExists", "1", {}) is YES
    assert ask(f"ForAllValues:{operator}", "1", {}) is YES
    assert ask(f"ForAnyValue:{operator}", "1", {}) is NO


@pytest.mark.parametrize("operator", sorted(NEGATED.values()))
def test_without_the_key_a_negated_operator_holds_except_under_foranyvalue(operator: str) -> None:
    assert ask(operator, "1", {}) is YES
    assert ask(f"{operator}IfExists", "1", {}) is YES
    assert ask(f"ForAllValues:{operator}", "1", {}) is YES
    assert ask(f"ForAnyValue:{operator}", "1", {}) is NO


@pytest.mark.parametrize(
    ("operator", "values", "seen", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], YES),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], NO),
        ("ForAllValues:StringEquals", ["a"], [], YES),
        ("ForAllValues:StringEquals", ["a"], [""], YES),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], YES),
        ("ForAnyValue:StringEquals", ["a"], ["c"], NO),
        ("ForAnyValue:StringEquals", ["", "a"], [""], NO),
        ("ForAllValues:StringNotEquals", ["a"], ["b", "c"], YES),
        ("ForAllValues:StringNotEquals", ["a"], ["a", "c"], NO),
        ("ForAnyValue:StringNotEquals", ["a"], ["a", "c"], YES),
        ("ForAnyValue:StringNotEquals", ["a"], ["a"], NO),
        ("ForAnyValue:StringLike", "t-*", ["x", "t-1"], YES),
        ("StringEquals", "a", ["a", "a"], YES),
        ("StringEquals", "a", ["a", "b"], MAYBE),
        ("StringNotEquals", "z", ["a", "b"], YES),
    ],
)
def test_several_values_of_a_key_count_as_the_prefix_says(
    operator: str, values: object, seen: list[str], expected: Outcome
) -> None:
    assert ask(operator, values, {KEY: seen}) is expected


@pytest.mark.parametrize(
    ("value", "context", "expected"),
    [
        ("true", {}, YES),
        ("false", {}, NO),
        (True, {}, YES),
        ("true", {KEY: "x"}, NO),
        ("false", {KEY: "x"}, YES),
        (False, {KEY: "x"}, YES),
        (["true", "false"], {KEY: "x"}, YES),
        (["true", "false"], {}, YES),
    ],
)
def test_null_asks_whether_the_key_is_there(
    value: object, context: dict[str, str], expected: Outcome
) -> None:
    assert ask("Null", value, context) is expected


def test_null_with_a_set_prefix_is_constant() -> None:
    for value in ("true", "false"):
        assert ask("ForAllValues:Null", value, {}) is YES
        assert ask("ForAnyValue:Null", value, {KEY: "x"}) is NO


@pytest.mark.parametrize(
    ("version", "operator", "value", "sub", "expected"),
    [
        ("2012-10-17", "StringEquals", "system:${aws:RequestTag/x}", "system:team", YES),
        ("2012-10-17", "StringEquals", "system:${AWS:requesttag/X}", "system:team", YES),
        ("2008-10-17", "StringEquals", "system:${aws:RequestTag/x}", "system:team", NO),
        (None, "StringEquals", "system:${aws:RequestTag/x}", "system:${aws:RequestTag/x}", YES),
        ("2012-10-17", "StringEquals", "${aws:username}", "${aws:username}", NO),
        ("2012-10-17", "StringNotEquals", "${aws:username}", "anything", YES),
        ("2012-10-17", "StringEquals", "a:${aws:username, 'b'}", "a:b", YES),
        ("2012-10-17", "StringEquals", "a:${aws:RequestTag/x, 'b'}", "a:team", YES),
        ("2012-10-17", "StringLike", "a${*}", "a*", YES),
        ("2012-10-17", "StringLike", "a${*}", "abc", NO),
        ("2012-10-17", "StringLike", "a${?}*", "a?bc", YES),
        ("2012-10-17", "StringEquals", "a${$}", "a$", YES),
        ("2008-10-17", "StringLike", "a${*}", "a${bc}", YES),
        ("2012-10-17", "StringLike", "*${aws:RequestTag/x}*", "a team b", YES),
        ("2012-10-17", "StringEquals", "a${", "a${", YES),
    ],
)
def test_policy_variables_are_read_in_version_2012_only(
    version: str | None, operator: str, value: str, sub: str, expected: Outcome
) -> None:
    trust = policy(statement({operator: {SUB_KEY: value}}), version=version)
    assert decide(trust, request(sub, context={KEY: "team"})).outcome is expected


def test_a_variable_stays_text_outside_string_and_arn_operators() -> None:
    assert ask("NumericEquals", "${aws:RequestTag/x}", {KEY: "1"}) is NO


@pytest.mark.parametrize("key", [SUB_KEY, SUB_KEY.upper(), SUB_KEY.lower(), SUB_KEY.title()])
def test_key_names_ignore_case_and_values_do_not(key: str) -> None:
    assert decide(policy(statement({"StringEquals": {key: SUB}})), request()).outcome is YES
    assert decide(policy(statement({"StringEquals": {key: SUB.upper()}})), request()).outcome is NO


def test_the_same_key_twice_in_different_case_is_undecided_only_where_it_matters() -> None:
    both = {"StringEquals": {SUB_KEY: SUB, SUB_KEY.upper(): SUB}}
    differing = {"StringEquals": {SUB_KEY: SUB, SUB_KEY.upper(): "other"}}
    assert decide(policy(statement(both)), request()).outcome is YES
    assert decide(policy(statement(differing)), request()).outcome is MAYBE


@pytest.mark.parametrize(
    ("claims", "condition", "expected"),
    [
        ({"azp": "client"}, {"StringEquals": {f"{ISSUER}:aud": "client"}}, YES),
        ({"azp": "client"}, {"StringEquals": {f"{ISSUER}:oaud": "sts.amazonaws.com"}}, YES),
        ({"azp": "client"}, {"StringEquals": {f"{ISSUER}:azp": "client"}}, NO),
        ({"amr": ["pwd", "mfa"]}, {"ForAnyValue:StringEquals": {f"{ISSUER}:amr": "mfa"}}, YES),
        ({"email": "a@b.example"}, {"StringLike": {f"{ISSUER}:email": "*@b.example"}}, YES),
        ({"groups": ["x"]}, {"ForAnyValue:StringEquals": {f"{ISSUER}:groups": "x"}}, NO),
    ],
)
def test_only_the_documented_claims_are_condition_keys(
    claims: dict[str, Any], condition: dict[str, Any], expected: Outcome
) -> None:
    assert decide(policy(statement(condition)), request(claims=claims)).outcome is expected


def test_session_tags_and_a_source_identity_need_their_own_actions() -> None:
    tags = {"https://aws.amazon.com/tags": {"principal_tags": {"team": ["a"]}}}
    plain = policy(statement())
    tagging = policy(statement(Action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]))
    apart = policy(statement(), statement(Action="sts:TagSession"))
    asked = policy(
        statement({"StringEquals": {"aws:RequestTag/Team": "a"}}, Action="sts:*"),
    )
    assert decide(plain, request(claims=tags)).outcome is NO
    for trust in (tagging, apart, asked):
        assert decide(trust, request(claims=tags)).outcome is YES
    identity = {"https://aws.amazon.com/source_identity": "me"}
    assert decide(tagging, request(claims=identity)).outcome is NO
    for claims in (tags, identity):  # A case need not repeat the issuer, which the provider names.
        sparse = replace(request(), claims={"sub": SUB, "aud": AUD, **claims})
        assert decide(plain, sparse).outcome is NO
