"""Whether a resource control policy refuses the call, by the semantics of trust policies."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.iam import PolicyError, decide, from_document, parse
from diagnostics.iam.decision import Outcome
from diagnostics.iam.wildcard import glob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diagnostics.evidence import IamRole
    from diagnostics.iam.json_text import Json
    from diagnostics.iam.request import WebIdentityRequest

_LONGEST = 20_000
"""Characters; AWS takes 5,120 of a resource control policy."""
_NOT_KNOWN = ("aws:resourceorgid", "aws:resourceorgpaths")
"""Keys of the role's organization, which is not read."""


def refusal(text: str, role: IamRole, request: WebIdentityRequest) -> tuple[Outcome, str]:
    """Decide what a control policy does to the call, and which statement does it.

    Only its Deny statements are asked: AWS's own policy allows everything else. The caller is unsigned, so keys of
    a principal's organization are absent.

    Source: AWS Organizations User Guide, "RCP syntax"; AWS data perimeter examples, identity perimeter.

    Returns:
        EXPLICIT_DENY, UNDECIDED or ALLOWED, and a JSON pointer.
    """
    context = {
        **request.context,
        "aws:ResourceAccount": role.account,
        "aws:PrincipalIsAWSService": "false",
        **{f"aws:ResourceTag/{key}": value for key, value in role.tags.items()},
    }
    asked = replace(request, context=context)
    undecided: str | None = None
    for pointer, statement in _denying(text, role.arn):
        outcome = _one(statement, asked)
        if outcome is Outcome.EXPLICIT_DENY:
            return outcome, pointer
        if outcome is Outcome.UNDECIDED:
            undecided = undecided or pointer
    return (Outcome.ALLOWED, "") if undecided is None else (Outcome.UNDECIDED, undecided)


def _denying(text: str, role_arn: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The Deny statements whose resources cover the role."""
    try:
        document = json.loads(text[:_LONGEST])
    except (ValueError, RecursionError):
        return
    found = document.get("Statement") if isinstance(document, dict) else None
    for index, one in enumerate(found if isinstance(found, list) else [found]):
        if isinstance(one, dict) and one.get("Effect") == "Deny" and _covers(one, role_arn):
            yield f"/Statement/{index}", one


def _covers(statement: Mapping[str, object], role_arn: str) -> bool:
    if "NotResource" in statement:
        return not any(glob(value)(role_arn) for value in _texts(statement["NotResource"]))
    return any(glob(value)(role_arn) for value in _texts(statement.get("Resource", "*")))


def _one(statement: Mapping[str, object], request: WebIdentityRequest) -> Outcome:
    """Ask one Deny beside an Allow that lets this provider's tokens in."""
    allow = {
        "Effect": "Allow",
        "Principal": {"Federated": request.provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    kept = {
        k: v for k, v in statement.items() if k in ("Effect", "Action", "NotAction", "Condition")
    }
    deny = {**kept, "Principal": {"AWS": "*"}}
    try:
        policy = parse(json.dumps({"Version": "2012-10-17", "Statement": [allow, deny]}))
    except PolicyError:
        return Outcome.UNDECIDED
    outcome = decide(policy, request).outcome
    if not any(key in json.dumps(kept.get("Condition", {})).lower() for key in _NOT_KNOWN):
        return outcome
    if outcome is Outcome.ALLOWED:
        # Without a value the condition on such a key may have failed, which with its value holds.
        known = _without(policy.document["Statement"], _NOT_KNOWN)
        outcome = decide(from_document({**policy.document, "Statement": known}), request).outcome
    return Outcome.ALLOWED if outcome is Outcome.ALLOWED else Outcome.UNDECIDED


def _without(statements: Json, keys: tuple[str, ...]) -> Json:
    """Statements without their conditions on some keys."""
    if isinstance(statements, list):
        return [_without(one, keys) for one in statements]
    if not isinstance(statements, dict) or not isinstance(
        conditions := statements.get("Condition"), dict
    ):
        return statements
    kept: dict[str, Json] = {
        operator: {key: value for key, value in block.items() if key.lower() not in keys}
        for operator, block in conditions.items()
        if isinstance(block, dict)
    }
    return {**statements, "Condition": kept}


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))
