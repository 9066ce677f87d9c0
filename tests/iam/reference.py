"""A second evaluator, slow and plain, written from the documentation's sentences: what the engine is compared with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diagnostics.iam import WebIdentityRequest
    from tests.iam.building import Body


def several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def like(pattern: str, text: str) -> bool:
    parts = [{"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def matches(operator: str, wanted: str, seen: str, *, variables: bool) -> bool:
    if variables and "${NAMESPACE}" in wanted and operator.startswith(("String", "Arn")):
        return False
    if operator == "StringEquals":
        return wanted == seen
    if operator == "StringEqualsIgnoreCase":
        return wanted.lower() == seen.lower()
    if operator == "StringLike":
        return like(wanted, seen)
    if operator == "NumericEquals":
        return wanted.isdecimal() and seen.isdecimal() and int(wanted) == int(seen)
    return False  # nothing here is an ARN


def holds(operator: str, wanted: list[str], seen: list[str], *, variables: bool) -> bool:
    prefix, _, bare = operator.rpartition(":")
    optional = bare.endswith("IfExists")
    bare = bare.removesuffix("IfExists")
    if bare == "Null":
        return any((value == "true") == (not seen) for value in wanted)
    negated = "Not" in bare
    bare = bare.replace("Not", "")
    if not seen:
        if prefix == "ForAnyValue":
            return optional
        return optional or negated or prefix == "ForAllValues"
    each = [
        any(matches(bare, value, one, variables=variables) for value in wanted) != negated
        for one in seen
    ]
    return any(each) if prefix == "ForAnyValue" else all(each)


def decide(document: Body, request: WebIdentityRequest) -> str:
    """Allowed, ImplicitDeny, ExplicitDeny; Undecided where everyone is allowed."""
    issuer = request.provider_arn.split(":oidc-provider/")[1]
    carried = {
        f"{issuer}:sub".lower(): [request.claims["sub"]],
        f"{issuer}:aud".lower(): several(request.claims["aud"]),
        "sts:rolesessionname": [request.session_name],
        "aws:resourceaccount": [request.role_arn.split(":")[4]],
    }
    for tag, value in (request.role_tags or {}).items():
        carried[f"aws:resourcetag/{tag}".lower()] = [value]
        carried[f"iam:resourcetag/{tag}".lower()] = [value]
    variables = document.get("Version") == "2012-10-17"
    results: dict[str, set[bool]] = {"Allow": set(), "Deny": set()}
    for body in several(document["Statement"]):
        principal = body["Principal"]
        sure = request.provider_arn in several(principal.get("Federated", []))
        everyone = principal.get("AWS") == "*"
        if not (sure or everyone):
            continue
        if not any(like(a.lower(), request.action.lower()) for a in several(body["Action"])):
            continue
        if all(
            holds(operator, several(value), carried.get(key.lower(), []), variables=variables)
            for operator, block in body.get("Condition", {}).items()
            for key, value in block.items()
        ):
            results[body["Effect"]].add(sure or body["Effect"] == "Deny")
    if results["Deny"]:
        return "ExplicitDeny"
    if True in results["Allow"]:
        return "Allowed"
    return "Undecided" if results["Allow"] else "ImplicitDeny"
