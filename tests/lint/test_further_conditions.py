"""Conditions beside `sub` and `aud`: what a call carries, or the role may have, is no fault of a policy."""

from __future__ import annotations

import json

import pytest

from diagnostics.lint import Source, lint
from tests.iam.building import ACCOUNT, AUD, ISSUER, SUB, document, statement

PLACE = "222233334444"


def linted(key: str, value: str, *, account: str = PLACE) -> list[str]:
    body = statement({"StringEquals": {f"{ISSUER}:aud": AUD, f"{ISSUER}:sub": SUB, key: value}})
    body["Principal"] = {"Federated": f"arn:aws:iam::{account}:oidc-provider/{ISSUER}"}
    text = json.dumps(document(body), indent=2)
    report = lint([Source(name="trust.json", text=text, asked=True)])
    return [f"{one.code} {one.headline}" for one in report.open]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:SourceVpc", "vpc-1"),
        ("aws:SourceIp", "203.0.113.9"),
        ("sts:RoleSessionName", "api"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:ResourceTag/team", "payments"),
        ("iam:ResourceTag/team", "payments"),
        ("aws:ResourceOrgID", "o-example"),
        ("aws:ResourceAccount", PLACE),
        ("aws:ResourceAccount", "${account_id}"),
    ],
)
def test_a_key_that_the_call_may_carry_is_no_fault(key: str, value: str) -> None:
    assert linted(key, value) == []


def test_the_account_of_the_provider_is_that_of_the_role() -> None:
    (told,) = linted("aws:ResourceAccount", "999988887777")

    assert told.startswith('IRSA415 StringEquals on aws:ResourceAccount has "999988887777"')
    # AWS's example account stands for one that is not known.
    assert linted("aws:ResourceAccount", "999988887777", account=ACCOUNT) == []


@pytest.mark.parametrize("key", ["aws:PrincipalTag/team", "sts:ExternalId", "aws:PrincipalOrgID"])
def test_a_key_that_no_call_carries_is_one(key: str) -> None:
    assert all(told.startswith("IRSA415 ") for told in linted(key, "x"))
    assert linted(key, "x")
