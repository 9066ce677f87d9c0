"""What a correction looks like: the smallest edit, in the policy's own style."""

from __future__ import annotations

import json
from typing import Any

import pytest

from diagnostics.iam import Outcome, outcome, parse, repair, unified_diff
from tests.iam.building import (
    ACTION,
    AUD,
    ISSUER,
    OTHER_ISSUER,
    OTHER_PROVIDER,
    PROVIDER,
    SUB,
    Body,
    policy,
    request,
    statement,
)

SUB_KEY, AUD_KEY = f"{ISSUER}:sub", f"{ISSUER}:aud"


def changed(before: Any, after: Any, pointer: str = "") -> dict[str, tuple[Any, Any]]:
    """Leaves that differ, by pointer."""
    if isinstance(before, dict) and isinstance(after, dict):
        out: dict[str, tuple[Any, Any]] = {}
        for key in [*before, *(k for k in after if k not in before)]:
            out.update(changed(before.get(key), after.get(key), f"{pointer}/{key}"))
        return out
    if isinstance(before, list) and isinstance(after, list):
        out = {}
        for i in range(max(len(before), len(after))):
            left = before[i] if i < len(before) else None
            right = after[i] if i < len(after) else None
            out.update(changed(left, right, f"{pointer}/{i}"))
        return out
    return {} if before == after else {pointer: (before, after)}


def conditions(sub: Any = SUB, aud: Any = AUD, *, key: str = SUB_KEY) -> Body:
    return {"StringEquals": {AUD_KEY: aud, key: sub}}


IN_PLACE: list[tuple[str, Body, str, Any]] = [
    (
        "a stray space inside the subject",
        statement(conditions("system:serviceaccount: payments:api")),
        f"/Statement/0/Condition/StringEquals/{SUB_KEY}",
        SUB,
    ),
    (
        "a no-break space at the end",
        statement(conditions(SUB + "\u00a0")),
        f"/Statement/0/Condition/StringEquals/{SUB_KEY}",
        SUB,
    ),
    (
        "a broken value among good ones",
        statement(conditions(["system:serviceaccount:a:b", "system:serviceaccounts:payments:api"])),
        f"/Statement/0/Condition/StringEquals/{SUB_KEY}/1",
        SUB,
    ),
    (
        "another namespace stays, ours is added",
        statement(conditions(["system:serviceaccount:billing:api"])),
        f"/Statement/0/Condition/StringEquals/{SUB_KEY}/1",
        SUB,
    ),
    (
        "a string becomes a list when another value must stay",
        statement(conditions("system:serviceaccount:billing:api")),
        f"/Statement/0/Condition/StringEquals/{SUB_KEY}",
        ["system:serviceaccount:billing:api", SUB],
    ),
    (
        "a wildcard that is literal",
        statement(conditions("system:serviceaccount:payments:*")),
        f"/Statement/0/Condition/StringEquals/{SUB_KEY}",
        SUB,
    ),
    (
        "an unfilled placeholder",
        statement(conditions("system:serviceaccount:${NAMESPACE}:api")),
        f"/Statement/0/Condition/StringEquals/{SUB_KEY}",
        SUB,
    ),
    (
        "a misspelled action",
        statement(Action="sts:AssumeRoleWithWebIdendity"),
        "/Statement/0/Action",
        ACTION,
    ),
    (
        "the action of another kind of call",
        statement(Action="sts:AssumeRole"),
        "/Statement/0/Action",
        ACTION,
    ),
    (
        "a listed action",
        statement(Action=["sts:TagSession"]),
        "/Statement/0/Action/1",
        ACTION,
    ),
    (
        "a provider with the scheme in its ARN",
        statement(Principal={"Federated": PROVIDER.replace(ISSUER, f"https://{ISSUER}")}),
        "/Statement/0/Principal/Federated",
        PROVIDER,
    ),
    (
        "a provider of another cluster where the conditions are ours",
        statement(Principal={"Federated": OTHER_PROVIDER}),
        "/Statement/0/Principal/Federated",
        PROVIDER,
    ),
    (
        "the audience under another value",
        statement(conditions(aud="sts.amazonaws.com.cn")),
        f"/Statement/0/Condition/StringEquals/{AUD_KEY}",
        ["sts.amazonaws.com.cn", AUD],
    ),
]


@pytest.mark.parametrize(
    ("body", "pointer", "after"), [r[1:] for r in IN_PLACE], ids=[r[0] for r in IN_PLACE]
)
def test_one_leaf_is_changed_in_place(body: Body, pointer: str, after: Any) -> None:
    trust = policy(body)
    fix = repair(trust, request())

    assert fix.policy is not None
    found = changed(trust.document, fix.policy.document)
    assert list(found) == [pointer]
    assert found[pointer][1] == after
    assert (fix.before, fix.after, fix.blocked) == (Outcome.IMPLICIT_DENY, Outcome.ALLOWED, None)


@pytest.mark.parametrize(
    "wrong",
    [
        f"https://{ISSUER}:sub",
        f"{ISSUER}/:sub",
        f"{PROVIDER}:sub",
        "sub",
        f"{OTHER_ISSUER}:sub",
        f" {SUB_KEY}",
    ],
)
def test_a_key_that_no_call_carries_is_renamed_where_it_stands(wrong: str) -> None:
    trust = policy(statement({"StringEquals": {wrong: SUB, AUD_KEY: AUD}}))
    fix = repair(trust, request())

    assert fix.policy is not None
    block = fix.policy.document["Statement"][0]["Condition"]["StringEquals"]  # type: ignore[index,call-overload]
    assert list(block.items()) == [(SUB_KEY, SUB), (AUD_KEY, AUD)]  # type: ignore[union-attr]
    assert [change.after for change in fix.changes] == [SUB_KEY]


def test_a_shared_role_gets_one_added_statement_and_keeps_all_others() -> None:
    mine = {"StringEquals": {f"{OTHER_ISSUER}:aud": AUD, f"{OTHER_ISSUER}:sub": SUB}}
    first = statement(mine, Principal={"Federated": OTHER_PROVIDER}, Sid="ClusterA")
    second = {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = policy(first, second)
    fix = repair(trust, request())

    assert fix.policy is not None
    after = fix.policy.document["Statement"]
    assert isinstance(after, list)
    assert after[:2] == [first, second]
    assert after[2] == statement()
    assert [change.pointer for change in fix.changes] == ["/Statement/2"]


def test_a_statement_that_trusts_two_clusters_at_once_is_left_and_one_is_added() -> None:
    both = {
        "StringEquals": {
            SUB_KEY: SUB,
            AUD_KEY: AUD,
            f"{OTHER_ISSUER}:sub": SUB,
            f"{OTHER_ISSUER}:aud": AUD,
        }
    }
    trust = policy(statement(both, Principal={"Federated": [OTHER_PROVIDER, PROVIDER]}))
    fix = repair(trust, request())
    assert fix.policy is not None
    assert outcome(fix.policy, request(provider=OTHER_PROVIDER)) is Outcome.IMPLICIT_DENY


@pytest.mark.parametrize(
    ("guard", "context"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, {"aws:SecureTransport": "true"}),
        (
            {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
            {"aws:CurrentTime": "2026-11-24T09:00:00Z"},
        ),
        (
            {"StringLike": {"aws:RequestedRegion": "eu-*"}},
            {"aws:RequestedRegion": "eu-west-1"},
        ),
        ({"StringLike": {"aws:UserAgent": "*"}}, {"aws:UserAgent": "aws-sdk-go-v2"}),
    ],
)
def test_another_clusters_statement_that_guards_on_the_call_itself_keeps_its_provider(
    guard: Body, context: Body
) -> None:
    theirs = statement(
        {"StringEquals": {f"{OTHER_ISSUER}:sub": SUB}, **guard},
        Principal={"Federated": OTHER_PROVIDER},
    )
    before = policy(theirs)

    fixed = repair(before, request(context=context)).policy

    assert fixed is not None
    other = request(provider=OTHER_PROVIDER, context=context)
    assert outcome(before, other) is outcome(fixed, other) is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("operator", "value"),
    [("NumericEquals", "123456"), ("DateLessThan", "2030-01-01"), ("Bool", "true")],
)
def test_an_operator_that_some_audience_satisfies_stays(operator: str, value: str) -> None:
    before = policy(statement({operator: {AUD_KEY: value}, "StringEquals": {SUB_KEY: SUB}}))
    audience = "true" if operator == "Bool" else "123456"

    fixed = repair(before, request()).policy

    assert fixed is not None
    assert outcome(before, request(aud=audience)) is Outcome.ALLOWED
    assert outcome(fixed, request(aud=audience)) is Outcome.ALLOWED
    assert outcome(fixed, request()) is Outcome.ALLOWED


def test_correcting_a_key_never_lets_the_others_of_the_list_in() -> None:
    other = "system:serviceaccount:billing:api"
    trust = policy(
        statement({"StringEquals": {f"https://{ISSUER}:sub": [SUB, other], AUD_KEY: AUD}})
    )
    fix = repair(trust, request())
    assert fix.policy is not None
    assert outcome(fix.policy, request()) is Outcome.ALLOWED
    assert outcome(fix.policy, request(other)) is Outcome.IMPLICIT_DENY


def test_without_an_audience_condition_the_added_statement_asks_for_it() -> None:
    trust = policy(statement({"StringEquals": {SUB_KEY: "system:serviceaccount:billing:api"}}))
    fix = repair(trust, request())
    assert fix.policy is not None
    assert outcome(fix.policy, request(aud="other.example")) is Outcome.IMPLICIT_DENY


def test_a_single_statement_object_becomes_a_list_when_one_is_added() -> None:
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": statement(
                Principal={"Service": "x.amazonaws.com"}, Action="sts:AssumeRole"
            ),
        }
    )
    fix = repair(parse(text), request())
    assert fix.policy is not None
    assert isinstance(fix.policy.document["Statement"], list)
    assert len(fix.policy.document["Statement"]) == 2


def test_an_explicit_deny_is_left_to_its_owner() -> None:
    deny = statement({}, Effect="Deny", Sid="NoOne")
    fix = repair(policy(statement(conditions("x")), deny), request())
    assert fix.policy is None
    assert fix.changes == ()
    assert fix.blocked is not None
    assert "/Statement/1" in fix.blocked
    assert "NoOne" in fix.blocked


def test_a_condition_that_only_sts_can_judge_is_left_to_a_person() -> None:
    body = statement({**conditions(), "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    fix = repair(policy(body), request(open_context=True))
    assert fix.policy is None
    assert fix.before is Outcome.UNDECIDED
    assert fix.blocked is not None
    assert "aws:SourceIp" in fix.blocked


def test_a_correction_keeps_a_guard_that_only_sts_can_judge() -> None:
    body = statement(
        {
            **conditions("system:serviceaccount:billing:api"),
            "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
        }
    )
    fix = repair(policy(body), request(open_context=True))
    assert fix.policy is not None
    assert fix.after is Outcome.UNDECIDED
    assert fix.blocked is not None
    assert "aws:SourceIp" in fix.blocked
    bare = repair(
        policy(
            {
                **body,
                "Condition": {
                    "StringEquals": {SUB_KEY: "system:serviceaccount:billing:api"},
                    "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                },
            }
        ),
        request(open_context=True),
    )
    assert bare.after is Outcome.UNDECIDED


def test_a_provider_in_another_account_cannot_be_helped_by_a_policy() -> None:
    fix = repair(policy(statement()), request(role="arn:aws:iam::999988887777:role/x"))
    assert fix.policy is None
    assert fix.blocked is not None
    assert "999988887777" in fix.blocked


def test_a_token_with_several_audiences_is_refused_before_any_policy() -> None:
    fix = repair(policy(statement(conditions("x"))), request(aud=[AUD, "other.example"]))
    assert fix.policy is None
    assert fix.blocked is not None
    assert "several audiences" in fix.blocked


def test_a_policy_that_allows_the_call_is_left_as_it_is() -> None:
    trust = policy(statement())
    fix = repair(trust, request())
    assert fix.policy is trust
    assert fix.changes == ()
    assert fix.after is Outcome.ALLOWED


def test_a_correction_past_the_quota_warns() -> None:
    names = [f"system:serviceaccount:namespace-{i:03}:service-account-{i:03}" for i in range(40)]
    fix = repair(policy(statement(conditions(names))), request())
    assert fix.exceeds_quota
    assert fix.size > 2048
    assert not repair(policy(statement(conditions("x"))), request()).exceeds_quota


def test_what_iam_holds_already_passes_no_quota() -> None:
    many = [f"system:serviceaccount:payments:{name}-{'x' * 50}" for name in range(25)]
    slip = [*many, "system:serviceaccount: payments:api"]
    trust = policy(statement(conditions(slip)))

    fix = repair(trust, request())

    assert trust.size > 2048
    assert fix.size == trust.size
    assert not fix.exceeds_quota


def test_a_token_that_no_policy_can_name_gets_no_policy_that_iam_refuses() -> None:
    for asked in (request("repo:\u0456/r"), request(aud="\u200bsts.amazonaws.com")):
        fix = repair(policy(statement()), asked)
        assert fix.policy is None
        assert "which no policy can hold" in (fix.blocked or "")


def test_a_subject_with_the_marks_of_a_variable_is_escaped() -> None:
    odd = "repo:o/r:${x}*"
    fix = repair(policy(statement()), request(odd))
    assert fix.policy is not None
    assert outcome(fix.policy, request(odd)) is Outcome.ALLOWED
    assert outcome(fix.policy, request("repo:o/r:yy")) is Outcome.IMPLICIT_DENY


def test_session_tags_get_their_action_too() -> None:
    tags = {"https://aws.amazon.com/tags": {"principal_tags": {"team": ["a"]}}}
    fix = repair(policy(statement()), request(claims=tags))
    assert fix.policy is not None
    assert outcome(fix.policy, request(claims=tags)) is Outcome.ALLOWED


def test_the_diff_of_the_stray_space_shows_one_line() -> None:
    trust = policy(statement(conditions("system:serviceaccount: payments:api")))
    fix = repair(trust, request())
    assert fix.policy is not None
    lines = unified_diff(trust, fix.policy).splitlines()
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        f'-          "{SUB_KEY}": "system:serviceaccount: payments:api"',
        f'+          "{SUB_KEY}": "{SUB}"',
    ]
