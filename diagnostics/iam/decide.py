"""Policy and request → decision, as STS makes it.

Source: IAM User Guide, "Policy evaluation logic": an implicit deny to start with, any matching Deny wins, the order of
statements does not matter. The caller is unsigned and has no policy of its own, so the trust policy alone decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.iam.decision import Decision, Outcome
from diagnostics.iam.keys import actions_of, keys_of
from diagnostics.iam.operators import FALSE, TRUE, UNKNOWN
from diagnostics.iam.reasons import denial, nearest_first, undecided

if TYPE_CHECKING:
    from diagnostics.iam.keys import Keys
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.request import WebIdentityRequest
    from diagnostics.iam.statement import Statement


def match(statement: Statement, action: str, request: WebIdentityRequest, keys: Keys) -> int:
    """Whether a statement matches: FALSE, UNKNOWN or TRUE."""
    if not statement.takes_action(action):
        return FALSE
    who = statement.takes_principal(request)
    if who == FALSE:
        return FALSE
    return min(who, statement.conditions_hold(keys))


def _judge(  # noqa: C901  one loop, unrolled for speed
    policy: TrustPolicy, action: str, request: WebIdentityRequest, keys: Keys
) -> tuple[Outcome, int | None]:
    allowed = FALSE
    denied = FALSE
    by: int | None = None
    for statement in policy.statements:
        if statement.allow:
            if allowed == TRUE:
                continue
        elif denied == TRUE:
            continue
        result = match(statement, action, request, keys)
        if result == FALSE:
            continue
        if not statement.allow:
            if result == TRUE:
                return Outcome.EXPLICIT_DENY, statement.index
            denied = UNKNOWN
        elif result > allowed:
            allowed, by = result, statement.index
    if allowed == FALSE:
        return Outcome.IMPLICIT_DENY, None
    if allowed == TRUE and denied == FALSE:
        return Outcome.ALLOWED, by
    return Outcome.UNDECIDED, by


def _settle(
    policy: TrustPolicy, request: WebIdentityRequest, keys: Keys
) -> tuple[Outcome, int | None, str]:
    actions = actions_of(request)
    if len(actions) == 1:
        result, by = _judge(policy, actions[0], request, keys)
        return result, by, actions[0]
    every = [(*_judge(policy, action, request, keys), action) for action in actions]
    for bad in (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY, Outcome.UNDECIDED):
        for one in every:
            if one[0] is bad:
                return one
    return every[0]


def outcome(policy: TrustPolicy, request: WebIdentityRequest) -> Outcome:
    """The decision alone, without reasons: an order of magnitude faster where the answer is no.

    A Deny that may match, where no statement allows, leaves an implicit deny: refused either way.
    """
    return _settle(policy, request, keys_of(request))[0]


def decide(policy: TrustPolicy, request: WebIdentityRequest) -> Decision:
    """Decide one call, with the reasons."""
    keys = keys_of(request)
    result, by, action = _settle(policy, request, keys)
    if result is Outcome.ALLOWED:
        return Decision(outcome=result, statement=by)
    if result is Outcome.EXPLICIT_DENY and by is not None:
        return Decision(
            outcome=result,
            statement=by,
            reasons=(denial(policy.statements[by], request, keys),),
        )
    nearest = nearest_first(policy, action, request, keys)
    reasons = tuple(reason for one in nearest for reason in one.reasons)
    if result is Outcome.UNDECIDED:
        return Decision(outcome=result, statement=by, reasons=reasons, undecided=undecided(reasons))
    return Decision(
        outcome=result,
        statement=next((one.statement for one in nearest if one.allow), None),
        reasons=reasons,
    )
