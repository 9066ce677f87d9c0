"""Bad input: a precise fault with a place, in bounded time."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from diagnostics.iam import (
    Outcome,
    PolicyError,
    WebIdentityRequest,
    decide,
    parse,
    refusals,
    repair,
)
from tests.iam.building import ISSUER, PROVIDER, SUB, document, policy, request, statement


def faults(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(PolicyError) as caught:
        parse(text)
    return [(p.pointer, p.line, p.column) for p in caught.value.problems]


def words(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        parse(text)
    return " ".join(p.words for p in caught.value.problems)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"Effect": "allow"}, "/Statement/0/Effect"),
        ({"Effect": 1}, "/Statement/0/Effect"),
        ({"Effect": None}, "/Statement/0"),
        ({"Sid": 1}, "/Statement/0/Sid"),
        ({"Action": 7}, "/Statement/0/Action"),
        ({"Action": ["a:b", {}]}, "/Statement/0/Action/1"),
        ({"Action": None}, "/Statement/0"),
        ({"NotAction": "sts:AssumeRole"}, "/Statement/0/NotAction"),
        ({"NotPrincipal": {"AWS": "*"}}, "/Statement/0/NotPrincipal"),
        ({"Principal": None}, "/Statement/0"),
        ({"Principal": []}, "/Statement/0/Principal"),
        ({"Principal": "me"}, "/Statement/0/Principal"),
        ({"Principal": {"federated": PROVIDER}}, "/Statement/0/Principal/federated"),
        ({"Principal": {"Federated": [PROVIDER, None]}}, "/Statement/0/Principal/Federated/1"),
        ({"Conditions": {}}, "/Statement/0/Conditions"),
        ({"Condition": []}, "/Statement/0/Condition"),
        ({"Condition": {"StringEqual": {"a:b": "c"}}}, "/Statement/0/Condition/StringEqual"),
        ({"Condition": {"stringequals": {"a:b": "c"}}}, "/Statement/0/Condition/stringequals"),
        (
            {"Condition": {"ForSome:StringEquals": {}}},
            "/Statement/0/Condition/ForSome:StringEquals",
        ),
        (
            {"Condition": {"StringEqualsIfExistsIfExists": {}}},
            "/Statement/0/Condition/StringEqualsIfExistsIfExists",
        ),
        ({"Condition": {"StringEquals": "x"}}, "/Statement/0/Condition/StringEquals"),
        (
            {"Condition": {"StringEquals": {"a/b:sub": None}}},
            "/Statement/0/Condition/StringEquals/a~1b:sub",
        ),
        (
            {"Condition": {"StringEquals": {"a": ["x", ["y"]]}}},
            "/Statement/0/Condition/StringEquals/a/1",
        ),
    ],
)
def test_a_wrong_element_is_named_by_its_pointer_and_place(
    change: dict[str, Any], pointer: str
) -> None:
    body = {**statement(), **change}
    body = {name: value for name, value in body.items() if change.get(name, 0) is not None}
    text = json.dumps(document(body), indent=2)
    found = faults(text)
    assert [place[0] for place in found] == [pointer]
    assert found[0][1] > 1 or pointer == ""


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("", ""),
        (" \n", ""),
        ("null", ""),
        ("[]", ""),
        ('"x"', ""),
        ("{}", ""),
        ('{"Statement": 1}', "/Statement"),
        ('{"Statement": []}', "/Statement"),
        ('{"Statement": [1]}', "/Statement/0"),
        ('{"Version": "2012-10-18", "Statement": {}}', "/Version"),
        ('{"Version": 1, "Statement": {}}', "/Version"),
        ('{"Id": 1, "Statement": {}}', "/Id"),
        ('{"Statement": {}, "statement": {}}', "/statement"),
    ],
)
def test_a_wrong_document_is_named(text: str, pointer: str) -> None:
    assert pointer in {place[0] for place in faults(text)}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": 01}',
        '{"a": "\t"}',
        "\ufeff{}",
        "{}{}",
        '{"a": ' + "9" * 5000 + "}",
    ],
)
def test_what_is_no_json_says_so(text: str) -> None:
    assert "JSON" in words(text)


def test_a_key_that_stands_twice_is_named_with_both_lines() -> None:
    text = '{\n"Statement": [{"Effect": "Allow",\n  "Principal": {"AWS": "*", "AWS": "x"},\n  "Effect": "Deny"}]}'
    assert faults(text) == [("/Statement/0/Principal/AWS", 3, 29), ("/Statement/0/Effect", 4, 3)]
    assert "first on line 2" in words(text)


def test_all_faults_are_listed_and_no_more_than_fifty() -> None:
    bad = [statement(Effect="no") for _ in range(200)]
    assert len(faults(json.dumps(document(*bad)))) == 50
    assert (
        len(faults(json.dumps(document(statement(Effect="no", Action=1), statement(Sid=3))))) == 3
    )


def test_the_line_and_column_are_those_of_the_element() -> None:
    text = '{"Statement": {\n  "Effect": "Allow",\n  "Principal": {"OIDC": "x"},\n  "Action": "sts:*"}}'
    assert faults(text) == [("/Statement/Principal/OIDC", 3, 17)]


@pytest.mark.parametrize(
    ("change", "pointer", "certain"),
    [
        ({"Resource": "*"}, "/Statement/0/Resource", True),
        ({"Principal": "*"}, "/Statement/0/Principal", True),
        ({"Principal": {}}, "/Statement/0/Principal", True),
        ({"Principal": {"Federated": "*"}}, "/Statement/0/Principal/Federated", True),
        (
            {"Principal": {"AWS": "arn:aws:iam::111122223333:role/x"}},
            "/Statement/0/Principal/AWS",
            False,
        ),
        ({"Action": "*"}, "/Statement/0/Action", False),
        ({"Action": "sts:*"}, "/Statement/0/Action", False),
        ({"Action": "s3:GetObject"}, "/Statement/0/Action", True),
        ({"Sid": "with space"}, "/Statement/0/Sid", True),
    ],
)
def test_what_iam_refuses_on_save_is_told_beside_the_decision(
    change: dict[str, Any], pointer: str, *, certain: bool
) -> None:
    trust = policy(statement(**change))
    assert [(p.pointer, p.certain) for p in refusals(trust)] == [(pointer, certain)]
    assert decide(trust, request()).outcome in set(Outcome)


def test_a_valid_policy_has_no_refusals_and_an_empty_sid_is_valid() -> None:
    assert refusals(policy(statement(Sid=""), statement(Sid=""))) == ()
    twice = policy(statement(Sid="A"), statement(Sid="A"))
    assert [p.pointer for p in refusals(twice)] == ["/Statement/1/Sid"]


def test_an_unpaired_surrogate_is_refused_on_save_and_crashes_nothing() -> None:
    text = json.dumps(document(statement({"StringEquals": {f"{ISSUER}:sub": "\ud800"}})))
    trust = parse(text)
    assert decide(trust, request()).outcome is Outcome.IMPLICIT_DENY
    fix = repair(trust, request())
    assert fix.policy is not None
    raw = parse(json.dumps(document(statement(Sid="\ud800")), ensure_ascii=False))
    assert any("U+D800" in p.words for p in refusals(raw))


HOSTILE = {
    "one megabyte of brackets": "[" * 1_000_000,
    "deep objects": '{"a":' * 200_000 + "1" + "}" * 200_000,
    "one megabyte of text": '{"Statement": "' + "x" * 1_000_000 + '"}',
    "ten thousand statements": json.dumps(document(*[statement()] * 10_000)),
    "ten thousand broken statements": json.dumps(document(*[statement(Effect="no")] * 10_000)),
    "a hundred thousand doubled keys": "{" + ",".join(['"a": 1'] * 100_000) + "}",
    "open variables": json.dumps(
        document(statement({"StringLike": {f"{ISSUER}:sub": "${" * 300_000}}))
    ),
    "many stars": json.dumps(
        document(statement({"StringLike": {f"{ISSUER}:sub": "*a" * 200_000}}))
    ),
    "many question marks": json.dumps(
        document(statement({"StringLike": {f"{ISSUER}:sub": "*?a" * 50_000}}))
    ),
    "a long action": json.dumps(document(statement(Action="*?s" * 100_000))),
    "many values": json.dumps(
        document(statement({"StringLike": {f"{ISSUER}:sub": ["*a*b?"] * 50_000}}))
    ),
    "more than is read": '"' + "x" * 3_000_000,
}


def answered(text: str, asked: WebIdentityRequest) -> object:
    try:
        trust = parse(text)
    except PolicyError as error:
        return error.problems
    return decide(trust, asked).outcome, repair(trust, asked).size


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_answered_in_bounded_time(name: str) -> None:
    started = time.process_time()
    asked = request("system:serviceaccount:" + "a" * 200 + ":" + "a" * 200)
    assert answered(HOSTILE[name], asked)
    assert time.process_time() - started < 10


def test_the_size_quota_counts_everything_but_white_space() -> None:
    assert policy(statement()).size == len(json.dumps(document(statement()), separators=(",", ":")))
    assert SUB in policy(statement()).printed()
