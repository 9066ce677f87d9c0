"""Whether a resource control policy refuses the call, by the semantics of trust policies."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.iam import PolicyError, outcome, parse
from diagnostics.iam.decision import Outcome
from diagnostics.iam.wildcard import glob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diagnostics.evidence import IamRole
    from diagnostics.iam.request import WebIdentityRequest

_LONGEST = 20_000
"""Characters; AWS takes 5,120 of a resource control policy."""


def refusal(
    text: str, role: IamRole, request: WebIdentityRequest, path: str | None = None
) -> tuple[Outcome, str]:
    """Decide what a control policy does to the call, and which statement does it.

    Only its Deny statements are asked: AWS's own policy allows everything else. The caller is unsigned, so keys of
    a principal's organization are absent.

    Source: AWS Organizations User Guide, "RCP syntax"; AWS data perimeter examples, identity perimeter; IAM User
    Guide, "AWS global condition context keys", aws:ResourceOrgID and aws:ResourceOrgPaths.

    Args:
        text: The policy.
        role: The role that is to be assumed.
        request: The call.
        path: Where the role's account is in the organization, such as `o-example/r-ab12/`; None where it is not known.

    Returns:
        EXPLICIT_DENY, UNDECIDED or ALLOWED, and a JSON pointer.
    """
    context = {**request.context, "aws:PrincipalIsAWSService": "false"}
    if path is not None:
        context["aws:ResourceOrgID"] = path.partition("/")[0]
        context["aws:ResourceOrgPaths"] = [path]
    asked = replace(request, context=context, role_tags=role.tags)
    undecided: str | None = None
    for pointer, statement in _denying(text, role.arn):
        decided = _one(statement, asked)
        if decided is Outcome.EXPLICIT_DENY:
            return decided, pointer
        if decided is Outcome.UNDECIDED:
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
    return outcome(policy, request)


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))
