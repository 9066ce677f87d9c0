"""Why statements do not match: which element, what was seen, what is listed there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.arn import account_of
from diagnostics.iam.decision import Mismatch, Reason
from diagnostics.iam.keys import Keys, issuer_of, of_the_role
from diagnostics.iam.operators import FALSE, TRUE, UNKNOWN
from diagnostics.iam.provider_form import fault_of
from diagnostics.iam.role_reasons import role_lacks, role_unknown
from diagnostics.iam.subject import looks_like_subject
from diagnostics.iam.subject_reasons import subject_mismatch
from diagnostics.iam.trusted_key import read_key
from diagnostics.iam.variables import unknown_variable
from diagnostics.iam.words import nearest, quoted
from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.iam.condition import Condition
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.request import WebIdentityRequest
    from diagnostics.iam.statement import Statement

MAX_STATEMENTS: Final = 20
"""How many statements are explained."""
_SHOWN: Final = 50
"""How many values of a long list are looked at for the nearest."""
_WEIGHT: Final = {
    Mismatch.PRINCIPAL_KIND: 5,
    Mismatch.PROVIDER: 4,
    Mismatch.PROVIDER_FORM: 2,
    Mismatch.ACTION: 2,
    Mismatch.KEY_ISSUER: 2,
    Mismatch.SUBJECT_BOTH: 2,
    Mismatch.ROLE: 0,
    Mismatch.UNKNOWN: 0,
}
_TYPED: Final = ("Numeric", "Date", "Bool", "Binary", "Ip", "Arn")


@dataclass(frozen=True, slots=True)
class Explained:
    """One statement that does not match, with every element that fails."""

    statement: int
    allow: bool
    distance: int
    """Small is near."""
    reasons: tuple[Reason, ...]


def undecided(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """The keys whose values would settle the decision, each once."""
    return tuple(
        dict.fromkeys(
            r.key for r in reasons if r.mismatch is Mismatch.UNKNOWN and r.key is not None
        )
    )


def denial(statement: Statement, request: WebIdentityRequest, keys: Keys) -> Reason:
    """How a Deny statement matches."""
    held = [
        f"{c.operator} on {c.key}" + ("" if keys.values.get(c.name) else " (which this call lacks)")
        for c in statement.conditions[:5]
    ]
    how = f", since {' and '.join(held)} hold{'' if len(held) > 1 else 's'}" if held else ""
    name = f' "{statement.sid}"' if statement.sid else ""
    return Reason(
        statement=statement.index,
        pointer=statement.pointer,
        mismatch=Mismatch.DENY,
        words=say(
            "This Deny{name} matches the call{how}; no Allow outweighs a Deny.",
            name=name,
            how=how,
        ),
        key=statement.conditions[0].key if len(statement.conditions) == 1 else None,
        operator=statement.conditions[0].operator if len(statement.conditions) == 1 else None,
        presented=request.provider_arn,
        trusted=tuple(value for _, value in statement.principals.entries),
    )


def nearest_first(
    policy: TrustPolicy, action: str, request: WebIdentityRequest, keys: Keys
) -> tuple[Explained, ...]:
    """Explain the statements that come nearest: every Allow that fails, every Deny that may match."""
    found = []
    for statement in policy.statements:
        explained = explain(statement, action, request, keys)
        if explained is not None:
            found.append(explained)
    found.sort(key=lambda e: (e.distance, e.statement))
    return tuple(found[:MAX_STATEMENTS])


def explain(
    statement: Statement, action: str, request: WebIdentityRequest, keys: Keys
) -> Explained | None:
    """Every element of one statement that fails, or None where nothing is to be said."""
    who = statement.takes_principal(request)
    does = statement.takes_action(action)
    held = [condition.holds(keys) for condition in statement.conditions]
    if not statement.allow:
        worst = min([who, TRUE if does else FALSE, *held])
        if worst != UNKNOWN:
            return None
    reasons: list[Reason] = []
    if who != TRUE:
        reasons.append(_principal(statement, who, request))
    if not does:
        reasons.append(_action(statement, action))
    for condition, result in zip(statement.conditions, held, strict=True):
        if result != TRUE:
            reasons.append(_condition(statement, condition, result, request, keys))
    if not reasons:
        if not statement.doubted:
            return None
        reasons.extend(_twins(statement, keys))
    distance = sum(_WEIGHT.get(r.mismatch, 1) for r in reasons)
    return Explained(statement.index, statement.allow, distance, tuple(reasons))


def _twins(statement: Statement, keys: Keys) -> list[Reason]:
    return [
        Reason(
            statement=statement.index,
            pointer=group[1].pointer,
            mismatch=Mismatch.UNDOCUMENTED,
            words=say(
                "The key {key} stands twice under {operator} in different case; AWS does not say "
                "which one counts.",
                key=group[1].key,
                operator=group[1].operator,
            ),
            operator=group[1].operator,
            key=group[1].key,
        )
        for group in statement.twins
        if len({c.holds(keys) for c in group}) > 1
    ]


def _principal(statement: Statement, who: int, request: WebIdentityRequest) -> Reason:
    principals = statement.principals
    pointer = f"{statement.pointer}/{principals.element}"
    federated = [value for kind, value in principals.entries if kind == "Federated"]
    trusted = tuple(value for _, value in principals.entries)
    ours = request.provider_arn
    if who == UNKNOWN:
        mismatch = Mismatch.UNDOCUMENTED
        words = (
            "AWS does not document whether an Allow for everyone covers a web identity; "
            "it is dangerous either way, so name the provider."
        )
    elif principals.negated:
        mismatch = Mismatch.PROVIDER
        words = "NotPrincipal exempts this provider (or everyone)."
    elif not federated:
        mismatch = Mismatch.PRINCIPAL_KIND
        kinds = ", ".join(dict.fromkeys(kind for kind, _ in principals.entries)) or "nobody"
        words = (
            f"The principal is of kind {kinds}; a web identity is matched only by "
            f'{{"Federated": {quoted(ours)}}}.'
        )
    else:
        pointer = f"{pointer}/Federated"
        near = nearest(federated, ours)
        trusted = tuple(federated)
        mine, theirs = account_of(request.role_arn), account_of(ours)
        if ours in federated:
            mismatch = Mismatch.PROVIDER
            words = (
                f"The provider is in account {theirs}, the role in {mine}; a role can only trust a "
                "provider of its own account."
            )
        else:
            fault = fault_of(near)
            mismatch = Mismatch.PROVIDER_FORM if fault else Mismatch.PROVIDER
            words = (
                f"The policy trusts {quoted(near)}, but the token comes through {quoted(ours)}"
                + (f": {fault}." if fault else ".")
            )
    return Reason(
        statement=statement.index,
        pointer=pointer,
        mismatch=mismatch,
        words=words,
        presented=ours,
        trusted=trusted,
    )


def _action(statement: Statement, action: str) -> Reason:
    listed = ", ".join(quoted(a) for a in statement.actions[:5]) or "nothing"
    verb = "NotAction leaves out" if statement.not_action else "The statement is about"
    return Reason(
        statement=statement.index,
        pointer=f"{statement.pointer}/{statement.action_element}",
        mismatch=Mismatch.ACTION,
        words=say(
            "{verb} {listed}, but the call is {action}.", verb=verb, listed=listed, action=action
        ),
        presented=action,
        trusted=statement.actions,
    )


def _condition(
    statement: Statement,
    condition: Condition,
    result: int,
    request: WebIdentityRequest,
    keys: Keys,
) -> Reason:
    seen = keys.values.get(condition.name) or ()
    key = condition.key
    if result == UNKNOWN:
        if condition.variables and not keys.unknown(condition.name):
            key = unknown_variable(condition.values[:_SHOWN], keys) or key
        mismatch, words = _unsettled(condition, key, keys)
    elif of_the_role(condition.name):
        mismatch, words = Mismatch.ROLE, role_lacks(condition, seen)
    elif condition.base.name == "Null":
        mismatch = Mismatch.CONTRADICTION if seen else Mismatch.KEY_ABSENT
        words = (
            f"Null wants {condition.key} to be absent, but every such token carries it."
            if seen
            else f"Null wants {condition.key} to be present, but this call does not carry it."
        )
    elif not seen:
        mismatch, words = _absent(condition, request)
    else:
        mismatch, words = _differs(statement, condition, seen, request)
    return Reason(
        statement=statement.index,
        pointer=condition.pointer,
        mismatch=mismatch,
        words=words,
        operator=condition.operator,
        key=key,
        presented=", ".join(seen) if seen else None,
        trusted=condition.values,
    )


def _unsettled(condition: Condition, key: str, keys: Keys) -> tuple[Mismatch, str]:
    if len(keys.values.get(condition.name) or ()) > 1 and condition.quantifier is None:
        return (
            Mismatch.UNDOCUMENTED,
            say(
                "{key} has several values in this call, and AWS does not say how {operator} compares "
                "them without ForAnyValue or ForAllValues.",
                key=condition.key,
                operator=condition.operator,
            ),
        )
    if of_the_role(key.lower()):
        return Mismatch.UNKNOWN, role_unknown(key)
    return Mismatch.UNKNOWN, say("Only STS sees the value of {key} in a call.", key=key)


def _absent(condition: Condition, request: WebIdentityRequest) -> tuple[Mismatch, str]:
    read = read_key(condition.key, issuer_of(request.provider_arn))
    ours = issuer_of(request.provider_arn)
    if read.mismatch is Mismatch.KEY_ABSENT:
        return read.mismatch, say(
            "The condition on {quoted} can't hold: {fault}.",
            quoted=quoted(condition.key),
            fault=read.fault,
        )
    right = f"{ours}:{read.claim}" if read.claim else f"{ours}:sub or {ours}:aud"
    return (
        read.mismatch,
        say(
            "The key {quoted} is absent from this call: {fault}; the call carries {right}.",
            quoted=quoted(condition.key),
            fault=read.fault,
            right=right,
        ),
    )


def _differs(  # noqa: PLR0911  one kind each
    statement: Statement, condition: Condition, seen: tuple[str, ...], request: WebIdentityRequest
) -> tuple[Mismatch, str]:
    issuer = issuer_of(request.provider_arn).lower()
    claim = condition.name.removeprefix(f"{issuer}:")
    shown = ", ".join(quoted(value) for value in seen[:5])
    if condition.base.negated:
        return (
            Mismatch.EXCLUDED,
            say(
                "{operator} leaves out {shown}, which the call carries as {key}.",
                operator=condition.operator,
                shown=shown,
                key=condition.key,
            ),
        )
    if claim in ("sub", "aud") and condition.base.name.startswith(_TYPED):
        return (
            Mismatch.CONTRADICTION,
            say(
                "{operator} compares no text, so it never matches {shown}; use StringEquals.",
                operator=condition.operator,
                shown=shown,
            ),
        )
    if _contradicts(statement, condition):
        return (
            Mismatch.CONTRADICTION,
            say(
                "No value of {key} satisfies all the conditions on it; the call carries {shown}.",
                key=condition.key,
                shown=shown,
            ),
        )
    near = nearest(condition.values, seen[0])
    if claim == "sub":
        return subject_mismatch(condition, seen[0], near, request)
    if claim == "aud":
        if looks_like_subject(near):
            return (
                Mismatch.SWAPPED,
                say(
                    "{quoted} is a subject under the key {key}; the audience is {shown}.",
                    quoted=quoted(near),
                    key=condition.key,
                    shown=shown,
                ),
            )
        return (
            Mismatch.AUDIENCE,
            say(
                "The audience of the token is {shown}, the policy wants {quoted}.",
                shown=shown,
                quoted=quoted(near),
            ),
        )
    return (
        Mismatch.CONDITION,
        say(
            "{operator} wants {quoted} for {key}; the call carries {shown}.",
            operator=condition.operator,
            quoted=quoted(near),
            key=condition.key,
            shown=shown,
        ),
    )


def _contradicts(statement: Statement, condition: Condition) -> bool:
    """Whether another condition on the same key lets none of this one's values pass."""
    if not condition.base.name.startswith("StringEquals") or len(condition.values) > _SHOWN:
        return False
    if any("${" in value for value in condition.values):
        return False
    for other in statement.conditions:
        if other is condition or other.name != condition.name or other.base.name == "Null":
            continue
        if other.variables and any("${" in value for value in other.values):
            continue
        agrees = TRUE if not other.base.negated else FALSE
        if not any(_asks(other, value) == agrees for value in condition.values):
            return True
    return False


def _asks(condition: Condition, value: str) -> int:
    return condition.test(value, Keys({}, open=False))
