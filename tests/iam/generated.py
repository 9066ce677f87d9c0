"""Generated policies and requests: valid ones full of near misses, and any JSON at all."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.iam.building import (
    ACCOUNT,
    ACTION,
    AUD,
    ISSUER,
    OTHER_ISSUER,
    OTHER_PROVIDER,
    PROVIDER,
    SUB,
    Body,
)

SUBJECTS = [
    SUB,
    "system:serviceaccount:payments:api2",
    "system:serviceaccount:payments:ap",
    "system:serviceaccount:billing:api",
    "system:serviceaccount:kube-system:aws-node",
    "system:serviceaccount:payments:api.v2",
]
"""What tokens carry."""
BROKEN = [
    "system:serviceaccount: payments:api",
    "system:serviceaccounts:payments:api",
    "system:serviceaccount:Payments:api",
    "system:serviceaccount:payments/api",
    "system:serviceaccount:payments:api ",
    "payments:api",
    "",
    AUD,
    "system:serviceaccount:${NAMESPACE}:api",
]
WILD = [
    "system:serviceaccount:payments:*",
    "system:serviceaccount:*:api",
    "system:serviceaccount:payments:a?i",
    "*",
    "system:serviceaccount:other:*",
]
AUDIENCES = [AUD, "other.example", "sts.amazonaws.com.cn"]
PROVIDERS = [PROVIDER, OTHER_PROVIDER]
EXACT = ["StringEquals", "StringLike", "StringEqualsIgnoreCase"]
OPERATORS = [
    *EXACT,
    *EXACT,
    "StringEqualsIfExists",
    "StringNotEquals",
    "StringNotLike",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "ForAnyValue:StringNotEquals",
    "ArnLike",
    "NumericEquals",
    "StringNotEqualsIfExists",
]


def one_or_many(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.one_of(values, st.lists(values, min_size=1, max_size=3, unique=True))


keys = st.sampled_from(
    [
        *[f"{ISSUER}:sub"] * 4,
        *[f"{ISSUER}:aud"] * 3,
        f"{OTHER_ISSUER}:sub",
        f"{OTHER_ISSUER}:aud",
        f"https://{ISSUER}:sub",
        f"{ISSUER}/:aud",
        f"{PROVIDER}:sub",
        "sub",
        "sts:RoleSessionName",
        "sts:ExternalId",
        "aws:SourceIp",
        "aws:ResourceAccount",
        "aws:ResourceTag/team",
        "iam:ResourceTag/Team",
        "aws:ResourceTag/owner",
    ]
)


def values_for(key: str) -> st.SearchStrategy[Any]:
    if key.endswith("aud"):
        return one_or_many(st.sampled_from([AUD, AUD, *AUDIENCES, SUB, " " + AUD]))
    if key.endswith("sub"):
        return one_or_many(st.sampled_from([SUB, *SUBJECTS, *BROKEN, *WILD]))
    return one_or_many(st.sampled_from(["session", "x", "203.0.113.0/24", "payments", ACCOUNT]))


@st.composite
def conditions(draw: st.DrawFn) -> Body:
    out: Body = {}
    for _ in range(draw(st.integers(0, 4))):
        operator = draw(st.sampled_from(OPERATORS))
        key = draw(keys)
        if any(key.lower() == k.lower() for k in out.get(operator, {})):
            continue
        out.setdefault(operator, {})[key] = draw(values_for(key))
    if draw(st.integers(0, 9)) == 0:
        out["Null"] = {draw(keys): draw(st.sampled_from(["true", "false"]))}
    return out


principals = st.one_of(
    st.sampled_from(
        [
            {"Federated": PROVIDER},
            {"Federated": PROVIDER},
            {"Federated": OTHER_PROVIDER},
            {"Federated": [PROVIDER, OTHER_PROVIDER]},
            {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/https://{ISSUER}"},
            {"Service": "ec2.amazonaws.com"},
            {"AWS": f"arn:aws:iam::{ACCOUNT}:root", "Federated": PROVIDER},
            {"AWS": "*"},
        ]
    )
)
actions = st.sampled_from(
    [
        ACTION,
        ACTION,
        ACTION,
        ACTION.lower(),
        [ACTION, "sts:TagSession"],
        "sts:AssumeRole",
        ["sts:AssumeRole", "sts:TagSession"],
        "sts:AssumeRoleWithWebIdendity",
        "sts:*",
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> Body:
    body: Body = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Allow", "Deny"])),
        "Principal": draw(principals),
        "Action": draw(actions),
    }
    found = draw(conditions())
    if found or draw(st.sampled_from([True, False])):
        body["Condition"] = found
    return body


@st.composite
def documents(draw: st.DrawFn) -> Body:
    found = draw(st.lists(statements(), min_size=1, max_size=4))
    version = draw(st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17", None]))
    body: Body = {"Version": version} if version else {}
    body["Statement"] = found[0] if len(found) == 1 and draw(st.booleans()) else found
    return body


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["Allow", "Deny", PROVIDER, ACTION, SUB, "2012-10-17", "*", "${aws:x}"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Effect",
                    "Principal",
                    "NotPrincipal",
                    "Action",
                    "NotAction",
                    "Condition",
                    "Federated",
                    "AWS",
                    "Sid",
                    "StringEquals",
                    "StringLike",
                    "Null",
                    "Bool",
                    f"{ISSUER}:sub",
                    "\ud800",
                ]
            )
            | st.text(max_size=5),
            children,
            max_size=4,
        )
    ),
    max_leaves=25,
)
"""JSON that has the words of a policy in all the wrong places."""
