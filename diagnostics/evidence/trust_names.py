"""What trust policies name, whatever they decide: providers, subjects, conditions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.evidence import IamRole

_LONGEST = 100_000


def trusted_providers(role: IamRole) -> tuple[str, ...]:
    """The OIDC providers that the trust policy's Allow statements name, each once, in order."""
    return tuple(
        dict.fromkeys(
            principal
            for statement in statements(role)
            if statement.get("Effect") == "Allow"
            for principal in _federated(statement)
            if ":oidc-provider/" in principal
        )
    )


def statements(role: IamRole) -> tuple[Mapping[str, object], ...]:
    """The policy's statements as JSON objects; none where the text is not a policy."""
    if len(role.trust_text) > _LONGEST:
        return ()
    try:
        document = json.loads(role.trust_text)
    except (ValueError, RecursionError):
        return ()
    listed_ = document.get("Statement") if isinstance(document, dict) else None
    items = listed_ if isinstance(listed_, list) else [listed_]
    return tuple(item for item in items if isinstance(item, dict))


def conditions(statement: Mapping[str, object]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """A statement's conditions as (operator, key, values)."""
    block = statement.get("Condition")
    if not isinstance(block, dict):
        return ()
    return tuple(
        (operator, key, _texts(values))
        for operator, keys in block.items()
        if isinstance(keys, dict)
        for key, values in keys.items()
    )


def _federated(statement: Mapping[str, object]) -> tuple[str, ...]:
    principal = statement.get("Principal")
    return _texts(principal.get("Federated")) if isinstance(principal, dict) else ()


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))


def trusted_subjects(role: IamRole) -> tuple[tuple[str, str], ...]:
    """The (issuer, subject) pairs that the policy's conditions on `:sub` name, at most 50."""
    pairs = [
        (key[: -len(":sub")], value)
        for statement in statements(role)
        for _, key, values in conditions(statement)
        if key.lower().endswith(":sub")
        for value in values
    ]
    return tuple(dict.fromkeys(pairs))[:50]
