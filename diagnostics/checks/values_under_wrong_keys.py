"""What a condition asks for under a key that no call carries: read as if the key were right.

The correction writes the key and the value, so both faults are told; without this the second would pass unseen.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.iam import PolicyError, decide
from diagnostics.iam.decision import Mismatch
from diagnostics.iam.parse import from_document
from diagnostics.iam.trusted_key import claim_meant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnostics.iam.decision import Reason
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.request import WebIdentityRequest

OF_KEYS = frozenset({Mismatch.KEY_ISSUER, Mismatch.KEY_FORM})


def read_past_keys(
    policy: TrustPolicy, request: WebIdentityRequest, reasons: Sequence[Reason]
) -> tuple[Reason, ...]:
    """Why the values under wrong keys would not fit either, each at the key that the policy has.

    Args:
        policy: The role's trust policy.
        request: The call that it refuses.
        reasons: The reasons of one statement, those of wrong keys among them.
    """
    issuer = str(request.claims.get("iss", "")).removeprefix("https://")
    document = deepcopy(policy.document)
    listed = document.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    held: dict[str, Reason] = {}
    for reason in reasons:
        claim = claim_meant(reason.key or "") if reason.mismatch in OF_KEYS else None
        statement = statements[reason.statement]
        conditions = statement.get("Condition") if isinstance(statement, dict) else None
        values = conditions.get(reason.operator or "") if isinstance(conditions, dict) else None
        right = f"{issuer}:{claim}"
        if claim is None or not isinstance(values, dict) or right in values:
            continue
        if reason.key in values:
            values[right] = values.pop(reason.key)
            held[right] = reason
    if not held:
        return ()
    try:
        decision = decide(from_document(document), request)
    except PolicyError:
        return ()
    return tuple(
        replace(found, pointer=held[found.key].pointer, key=held[found.key].key)
        for found in decision.reasons
        if found.statement == reasons[0].statement
        and found.key in held
        and found.mismatch not in OF_KEYS
    )
