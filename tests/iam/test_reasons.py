"""Every way to be refused is told apart, as the catalogue of causes needs it."""

from __future__ import annotations

from typing import Any

import pytest

from diagnostics.iam import Mismatch, Outcome, decide
from tests.iam.building import (
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


def sub(value: Any, operator: str = "StringEquals") -> Body:
    return statement({operator: {SUB_KEY: value}})


def key(name: str, value: str = SUB) -> Body:
    return statement({"StringEquals": {name: value}})


REFUSALS: list[tuple[Body, Mismatch]] = [
    (statement(Principal={"Service": "ec2.amazonaws.com"}), Mismatch.PRINCIPAL_KIND),
    (statement(Principal={"AWS": PROVIDER}), Mismatch.PRINCIPAL_KIND),
    (statement(Action="sts:AssumeRole"), Mismatch.ACTION),
    (statement(Action="sts:AssumeRoleWithWebIdendity"), Mismatch.ACTION),
    (statement(Action="sts:TagSession"), Mismatch.ACTION),
    (statement(Principal={"Federated": OTHER_PROVIDER}), Mismatch.PROVIDER),
    (statement(Principal={"Federated": PROVIDER.replace("1111", "9999")}), Mismatch.PROVIDER),
    (statement(Principal={"Federated": f"https://{ISSUER}"}), Mismatch.PROVIDER_FORM),
    (statement(Principal={"Federated": ISSUER}), Mismatch.PROVIDER_FORM),
    (statement(Principal={"Federated": PROVIDER.replace("/id/", "/")}), Mismatch.PROVIDER_FORM),
    (statement(Principal={"Federated": PROVIDER + "/*"}), Mismatch.PROVIDER_FORM),
    (statement(Principal={"Federated": "cognito-identity.amazonaws.com"}), Mismatch.PROVIDER_FORM),
    (statement(Principal={"AWS": "*"}), Mismatch.UNDOCUMENTED),
    (sub("system:serviceaccount:billing:api"), Mismatch.SUBJECT_NAMESPACE),
    (sub("system:serviceaccount:payments:web"), Mismatch.SUBJECT_NAME),
    (sub("system:serviceaccount:payments:w*", "StringLike"), Mismatch.SUBJECT_NAME),
    (sub("system:serviceaccount:bill*:api", "StringLike"), Mismatch.SUBJECT_NAMESPACE),
    (sub("system:serviceaccount:billing:web"), Mismatch.SUBJECT_BOTH),
    (sub("system:serviceaccount: payments:api"), Mismatch.SUBJECT_FORM),
    (sub("system:serviceaccounts:payments:api"), Mismatch.SUBJECT_FORM),
    (sub("system:serviceaccount:payments"), Mismatch.SUBJECT_FORM),
    (sub("system:serviceaccount:payments:a\u200bpi"), Mismatch.SUBJECT_FORM),
    (sub("system:serviceaccount:${ns}:api"), Mismatch.SUBJECT_FORM),
    (sub(""), Mismatch.SUBJECT_FORM),
    (sub("system:serviceaccount:Payments:api"), Mismatch.SUBJECT_CASE),
    (sub("system:serviceaccount:payments:*"), Mismatch.WILDCARD_LITERAL),
    (sub(AUD), Mismatch.SWAPPED),
    (key(AUD_KEY), Mismatch.SWAPPED),
    (key(AUD_KEY, "sts.amazonaws.com.cn"), Mismatch.AUDIENCE),
    (key(f"{OTHER_ISSUER}:sub"), Mismatch.KEY_ISSUER),
    (key(f"https://{ISSUER}:sub"), Mismatch.KEY_FORM),
    (key(f"{ISSUER}/:sub"), Mismatch.KEY_FORM),
    (key(f"{PROVIDER}:sub"), Mismatch.KEY_FORM),
    (key("sub"), Mismatch.KEY_FORM),
    (key(f" {SUB_KEY}"), Mismatch.KEY_FORM),
    (key(ISSUER), Mismatch.KEY_FORM),
    (key(f"{ISSUER}:subject"), Mismatch.KEY_FORM),
    (key("oidc.*.amazonaws.com:sub"), Mismatch.KEY_FORM),
    (key("sts:ExternalId", "x"), Mismatch.KEY_ABSENT),
    (key("aws:PrincipalOrgID", "o-1"), Mismatch.KEY_ABSENT),
    (key(f"{ISSUER}:kubernetes.io/namespace", "payments"), Mismatch.KEY_ABSENT),
    (
        statement({"StringEquals": {SUB_KEY: SUB}, "StringLike": {SUB_KEY: "repo:*"}}),
        Mismatch.SUBJECT_FORM,
    ),
    (sub("1", "NumericEquals"), Mismatch.CONTRADICTION),
    (sub(SUB, "ArnLike"), Mismatch.CONTRADICTION),
    (statement({"Null": {SUB_KEY: "true"}}), Mismatch.CONTRADICTION),
    (sub(SUB, "StringNotEquals"), Mismatch.EXCLUDED),
    (key("sts:RoleSessionName", "other"), Mismatch.CONDITION),
]


@pytest.mark.parametrize(("body", "mismatch"), REFUSALS)
def test_a_refusal_names_its_kind(body: Body, mismatch: Mismatch) -> None:
    decision = decide(policy(body), request())

    assert decision.outcome is not Outcome.ALLOWED
    assert decision.reasons[0].mismatch is mismatch
    assert decision.reasons[0].words.endswith(".")


def test_conditions_that_exclude_each_other_are_a_contradiction() -> None:
    body = statement(
        {
            "StringEquals": {SUB_KEY: "system:serviceaccount:a:b"},
            "StringLike": {SUB_KEY: "*:payments:*"},
        }
    )
    decision = decide(policy(body), request())
    assert decision.reasons[0].mismatch is Mismatch.CONTRADICTION


def test_a_deny_names_its_statement_and_condition() -> None:
    deny = statement({"StringEquals": {SUB_KEY: SUB}}, Effect="Deny", Sid="Blocked")
    decision = decide(policy(statement(), deny), request())
    (reason,) = decision.reasons
    assert (reason.mismatch, reason.statement, reason.pointer) == (Mismatch.DENY, 1, "/Statement/1")
    assert "Blocked" in reason.words
    assert SUB_KEY in reason.words


def test_what_only_sts_knows_is_an_unknown_by_name() -> None:
    body = statement({"StringEquals": {"aws:SourceVpc": "vpc-1"}})
    decision = decide(policy(body), request(open_context=True))
    assert [r.mismatch for r in decision.reasons] == [Mismatch.UNKNOWN]


def test_the_statement_for_this_cluster_comes_before_those_for_others() -> None:
    others = [
        statement(
            {"StringEquals": {f"{OTHER_ISSUER}:sub": SUB, f"{OTHER_ISSUER}:aud": AUD}},
            Principal={"Federated": OTHER_PROVIDER},
        )
    ] * 3
    decision = decide(policy(*others, sub("system:serviceaccount:payments:web")), request())
    assert decision.statement == 3
    assert decision.reasons[0].mismatch is Mismatch.SUBJECT_NAME
    assert decision.reasons[0].presented == SUB
    assert decision.reasons[0].trusted == ("system:serviceaccount:payments:web",)


def test_the_nearest_of_many_values_is_named() -> None:
    values = [f"system:serviceaccount:team-{i}:svc-{i}" for i in range(20)]
    decision = decide(policy(sub([*values, "system:serviceaccount:payments:apj"])), request())
    assert "payments:apj" in decision.reasons[0].words
