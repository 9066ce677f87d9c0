"""Policies and requests as tests need them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from diagnostics.iam import TrustPolicy, WebIdentityRequest, parse

SHARED = Path(__file__).parents[3] / "shared" / "data"
ACCOUNT = "111122223333"
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
OTHER_ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
OTHER_PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{OTHER_ISSUER}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/payments-api"
SUB = "system:serviceaccount:payments:api"
AUD = "sts.amazonaws.com"
ACTION = "sts:AssumeRoleWithWebIdentity"

Body = dict[str, Any]


def statement(condition: Body | None = None, **elements: Any) -> Body:
    body: Body = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": ACTION}
    body["Condition"] = (
        {"StringEquals": {f"{ISSUER}:aud": AUD, f"{ISSUER}:sub": SUB}}
        if condition is None
        else condition
    )
    body.update(elements)
    return {name: value for name, value in body.items() if value is not None}


def document(*statements: Body, version: str | None = "2012-10-17") -> Body:
    body: Body = {"Statement": list(statements)}
    return {"Version": version, **body} if version else body


def policy(*statements: Body, version: str | None = "2012-10-17") -> TrustPolicy:
    return parse(json.dumps(document(*statements, version=version), indent=2))


def request(
    sub: str = SUB,
    aud: str | list[str] = AUD,
    *,
    provider: str = PROVIDER,
    role: str = ROLE,
    session: str | None = "session",
    context: Body | None = None,
    claims: Body | None = None,
    tags: dict[str, str] | None = None,
    open_context: bool = False,
    action: str = ACTION,
) -> WebIdentityRequest:
    return WebIdentityRequest(
        role_arn=role,
        provider_arn=provider,
        claims={
            "iss": "https://" + provider.partition("oidc-provider/")[2],
            "sub": sub,
            "aud": aud,
            **(claims or {}),
        },
        session_name=session,
        context=context or {},
        role_tags=tags,
        open_context=open_context,
        action=action,
    )


def rows(name: str) -> list[Body]:
    return [json.loads(line) for line in (SHARED / name).read_text().splitlines()]
