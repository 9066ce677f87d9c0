"""Resource control policies, judged by the semantics of trust policies on an unsigned call."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from diagnostics.checks.control_policies import refusal
from diagnostics.iam.decision import Outcome
from diagnostics.iam.request import WebIdentityRequest
from tests.engine import healthy as h

KEY = h.ISSUER.removeprefix("https://")
OTHER = h.OTHER_ISSUER.removeprefix("https://")
DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Resource": "*",
}
ROLE = replace(h.role(h.statement()), tags={"dp:exclude": "true"})
REQUEST = WebIdentityRequest(
    role_arn=h.ROLE,
    provider_arn=h.provider_arn(),
    claims={"iss": h.ISSUER, "sub": h.SUBJECT, "aud": ["sts.amazonaws.com"]},
    open_context=True,
)


def decided(**statement: object) -> Outcome:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**DENY, **statement}]})
    return refusal(text, ROLE, REQUEST)[0]


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ({}, Outcome.EXPLICIT_DENY),
        ({"Effect": "Allow"}, Outcome.ALLOWED),
        ({"Action": "*"}, Outcome.EXPLICIT_DENY),
        ({"Action": ["s3:*", "sts:AssumeRole"]}, Outcome.ALLOWED),
        ({"Action": "sts:*"}, Outcome.EXPLICIT_DENY),
        # Resources: the role is one of them, or not.
        ({"Resource": "arn:aws:iam::*:role/regulated/*"}, Outcome.ALLOWED),
        ({"Resource": ["arn:aws:s3:::*", "arn:aws:iam::*:role/pay*"]}, Outcome.EXPLICIT_DENY),
        # An issuer that is not listed has no key: data perimeter example 5.
        ({"Condition": {"Null": {f"{OTHER}:sub": "true"}}}, Outcome.EXPLICIT_DENY),
        ({"Condition": {"Null": {f"{KEY}:sub": "true"}}}, Outcome.ALLOWED),
        (
            {"Condition": {"Null": {f"{OTHER}:sub": "true", f"{KEY}:sub": "true"}}},
            Outcome.ALLOWED,
        ),
        (
            {
                "Condition": {
                    "StringNotEqualsIfExists": {f"{KEY}:sub": "system:serviceaccount:ops:other"}
                }
            },
            Outcome.EXPLICIT_DENY,
        ),
        # The role's own tag spares it.
        (
            {"Condition": {"StringNotEquals": {"aws:ResourceTag/dp:exclude": "true"}}},
            Outcome.ALLOWED,
        ),
        # The caller is unsigned: it has no organization, and is no AWS service.
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, Outcome.ALLOWED),
        (
            {
                "Condition": {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                }
            },
            Outcome.EXPLICIT_DENY,
        ),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}, Outcome.ALLOWED),
        # What only STS sees, and what is not read, stays open.
        ({"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}}, Outcome.UNDECIDED),
        ({"Condition": {"StringNotEquals": {"aws:ResourceOrgID": "o-1"}}}, Outcome.UNDECIDED),
        ({"Condition": {"StringEquals": {"aws:ResourceOrgID": "o-1"}}}, Outcome.UNDECIDED),
        (
            {
                "Condition": {
                    "StringEquals": {"aws:ResourceOrgID": "o-1", "aws:PrincipalOrgID": "x"}
                }
            },
            Outcome.ALLOWED,
        ),
        ({"Condition": {"NoSuchOperator": {"aws:SourceVpc": "vpc-1"}}}, Outcome.UNDECIDED),
    ],
)
def test_a_statement_denies_spares_or_stays_open(
    statement: dict[str, object], outcome: Outcome
) -> None:
    assert decided(**statement) is outcome


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"StringEquals": {"aws:ResourceOrgID": "o-1"}}, Outcome.EXPLICIT_DENY),
        ({"StringNotEquals": {"aws:ResourceOrgID": "o-1"}}, Outcome.ALLOWED),
        ({"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "o-1/*"}}, Outcome.EXPLICIT_DENY),
        ({"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "o-1/r-2/*"}}, Outcome.ALLOWED),
        ({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, Outcome.EXPLICIT_DENY),
    ],
)
def test_where_the_account_is_in_its_organization_is_compared(
    condition: dict[str, object], outcome: Outcome
) -> None:
    text = json.dumps({"Statement": [{**DENY, "Condition": condition}]})

    assert refusal(text, ROLE, REQUEST, "o-1/r-1/ou-1-2/")[0] is outcome


def test_tags_that_are_not_known_leave_it_open() -> None:
    spares = {"StringNotEquals": {"aws:ResourceTag/dp:exclude": "true"}}
    text = json.dumps({"Statement": [{**DENY, "Condition": spares}]})

    assert refusal(text, replace(ROLE, tags=None), REQUEST)[0] is Outcome.UNDECIDED


def test_other_resources_than_those_named_are_covered_by_not_resource() -> None:
    plain = {k: v for k, v in DENY.items() if k != "Resource"}
    for spared, outcome in (("arn:aws:s3:::*", Outcome.EXPLICIT_DENY), ("*", Outcome.ALLOWED)):
        text = json.dumps({"Statement": {**plain, "NotResource": spared}})
        assert refusal(text, ROLE, REQUEST)[0] is outcome


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', '{"Statement": 7}', "[" * 90_000])
def test_what_is_no_policy_denies_nothing(text: str) -> None:
    assert refusal(text, ROLE, REQUEST) == (Outcome.ALLOWED, "")


def test_the_statement_that_denies_is_named() -> None:
    spares = {**DENY, "Resource": "arn:aws:s3:::*"}
    text = json.dumps({"Statement": [spares, DENY]})

    assert refusal(text, ROLE, REQUEST) == (Outcome.EXPLICIT_DENY, "/Statement/1")
