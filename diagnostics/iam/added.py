"""A statement of its own for the target: what keeps every other decision as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.iam.draft import Draft
from diagnostics.iam.keys import of_the_role
from diagnostics.iam.lifeless import claim_of
from diagnostics.iam.operators import UNKNOWN
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnostics.iam.json_text import Json
    from diagnostics.iam.keys import Keys
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.statement import Statement
    from diagnostics.iam.target import Target

_VARIABLES: Final = "2012-10-17"


def literal(text: str, *, variables: bool) -> str:
    """Write a value so that an exact operator compares it as it is."""
    return text.replace("${", "${$}{") if variables else text


def _leaves(value: Json) -> int:
    if isinstance(value, dict):
        return sum(_leaves(item) for item in value.values())
    return sum(_leaves(item) for item in value) if isinstance(value, list) else 1


def statement(
    policy: TrustPolicy, nearest: Sequence[Statement], target: Target, keys: Keys
) -> Draft:
    """Add one statement that admits exactly the target."""
    draft = Draft.of(policy)
    variables = policy.version == _VARIABLES
    pins: dict[str, Json] = {
        target.key(claim): literal(text, variables=variables)
        for claim in _order(nearest, target)
        if (text := target.value(claim)) is not None
    }
    condition: dict[str, Json] = {"StringEquals": pins}
    _guards(draft, condition, nearest, target, keys)
    elements: dict[str, Json] = {
        "Effect": "Allow",
        "Principal": {"Federated": target.provider},
        "Action": list(target.actions) if len(target.actions) > 1 else target.actions[0],
        "Condition": condition,
    }
    order = list(draft.body(nearest[0].index)) if nearest else []
    body = {name: elements[name] for name in order if name in elements}
    body.update((name, item) for name, item in elements.items() if name not in body)
    statements = draft.document["Statement"]
    if not isinstance(statements, list):
        statements = [statements]
        draft.document["Statement"] = statements
    statements.append(body)
    pointer = f"/Statement/{len(statements) - 1}"
    draft.record(
        pointer,
        None,
        body,
        say(
            "Add a statement for this service account alone, so that nobody else's access changes."
        ),
        cost=_leaves(body),
    )
    return draft


def _order(nearest: Sequence[Statement], target: Target) -> tuple[str, ...]:
    """`aud` before `sub` or after it, as the policy has it."""
    for one in nearest:
        claims = [c.name.rpartition(":")[2] for c in one.conditions]
        if "sub" in claims and "aud" in claims:
            return ("sub", "aud") if claims.index("sub") < claims.index("aud") else ("aud", "sub")
    del target
    return ("aud", "sub")


def _guards(
    draft: Draft,
    condition: dict[str, Json],
    nearest: Sequence[Statement],
    target: Target,
    keys: Keys,
) -> None:
    """Carry over what the provider's own statement asks of the role, and what can't be judged from here."""
    for one in nearest:
        if target.provider not in one.principals.federated:
            continue
        blocks = draft.body(one.index).get("Condition")
        for cond in one.conditions:
            open_ = cond.holds(keys) == UNKNOWN and claim_of(cond, target) is None
            if open_ or of_the_role(cond.name):
                block = blocks.get(cond.operator) if isinstance(blocks, dict) else None
                holder = condition.setdefault(cond.operator, {})
                if isinstance(block, dict) and isinstance(holder, dict):
                    holder[cond.key] = block[cond.key]
        return
