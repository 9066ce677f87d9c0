"""What no token can satisfy: values, keys and statements whose loss nobody notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.arn import account_of
from diagnostics.iam.condition import Quantifier
from diagnostics.iam.decision import Mismatch
from diagnostics.iam.keys import KNOWN_TO_STS, NEVER_CARRIED, issuer_of, of_the_role
from diagnostics.iam.operators import binary, boolean, instant, network, number
from diagnostics.iam.provider_form import is_provider
from diagnostics.iam.subject import Subject, is_subject, looks_like_subject
from diagnostics.iam.trusted_key import read_key
from diagnostics.iam.variables import Literal, Variable, has_reference, template

if TYPE_CHECKING:
    from collections.abc import Callable

    from diagnostics.iam.condition import Condition
    from diagnostics.iam.statement import Statement
    from diagnostics.iam.target import Target

_ARN_COLONS = 5
TYPED = ("Numeric", "Date", "Bool", "Binary", "Ip", "Arn")
"""Operators that compare no plain text."""


def value(text: str, claim: str, condition: Condition, target: Target) -> bool:
    """Whether no token of the issuer can carry a value that this one matches."""
    if condition.variables and has_reference(text):
        return _unset(text) or (claim == "sub" and target.kubernetes and _marked(text))
    patterned = condition.base.name == "StringLike"
    if claim == "aud":
        return not text or text != text.strip() or looks_like_subject(text)
    if not target.kubernetes:
        return not text or text != text.strip()
    if not patterned:
        if condition.base.name == "StringEqualsIgnoreCase":
            text = text.lower()
        return not is_subject(text)
    if "*" not in text and "?" not in text:
        return not is_subject(text)
    return not _possible(text)


def _unset(text: str) -> bool:
    """Whether a variable in the value has no value in any call, such as a placeholder left in."""
    return any(
        isinstance(part, Variable)
        and part.default is None
        and (
            ":" not in part.name
            or part.name in NEVER_CARRIED
            or part.name.startswith("aws:principaltag/")
        )
        for part in template(text)
    )


def _marked(text: str) -> bool:
    """Whether the value holds `*`, `?` or `$` as characters, which no subject has."""
    return any(isinstance(part, Literal) for part in template(text))


def _possible(pattern: str) -> bool:
    """Whether a pattern with wildcards may match some subject; True where that is not plain."""
    plain = pattern.replace("*", "").replace("?", "")
    if not plain.isascii() or plain != plain.lower() or any(c.isspace() for c in plain):
        return False
    head = pattern.split("*", 1)[0].split("?", 1)[0]
    prefix = "system:serviceaccount:"
    if not (prefix.startswith(head) or head.startswith(prefix)):
        return False
    if pattern.count(":") == 3 and "*" not in head:  # noqa: PLR2004
        return (
            Subject.parse(pattern.replace("*", "x").replace("?", "x")) is not None or "*" in pattern
        )
    return pattern.count(":") <= 3  # noqa: PLR2004


def strict(condition: Condition) -> bool:
    """Whether the condition fails where its key is absent."""
    return (
        not condition.base.negated
        and not condition.if_exists
        and condition.quantifier is not Quantifier.ALL
        and condition.base.name != "Null"
    )


_READERS: tuple[tuple[str, Callable[[str], object | None]], ...] = (
    ("Numeric", number),
    ("Date", instant),
    ("Bool", boolean),
    ("Binary", binary),
    ("Ip", network),
)


def typed_may_match(cond: Condition, claim: str, target: Target) -> bool:
    """Whether an operator that compares no plain text can match a claim: an audience may be all digits, say.

    A Kubernetes subject is no number, date, boolean, base64 text, address or ARN, because of its colons.
    """
    if claim == "sub" and target.kubernetes:
        return False
    if cond.base.name.startswith("Arn"):
        return any(text.count(":") >= _ARN_COLONS for text in cond.values)
    read = next(reader for kind, reader in _READERS if cond.base.name.startswith(kind))
    return any(read(text) is not None for text in cond.values)


def condition(  # noqa: PLR0911  one rule per line
    cond: Condition, statement: Statement, target: Target
) -> bool:
    """Whether no call that the statement's principals can make satisfies the condition."""
    claim = claim_of(cond, target)
    if cond.base.name == "Null":
        asks_absence = claim is not None and cond.quantifier is None
        return (
            asks_absence
            and set(cond.values) == {"true"}
            and statement.principals.federated == {target.provider}
        )
    if not strict(cond):
        return False
    if claim is not None:
        if not any(
            issuer_of(arn).lower() == target.issuer.lower()
            for arn in statement.principals.federated
        ):
            return True  # the key is ours, the principals are not
        if cond.base.name.startswith(TYPED):
            return not typed_may_match(cond, claim, target)
        return all(value(v, claim, cond, target) for v in cond.values)
    read = read_key(cond.key, target.issuer)
    if read.mismatch is Mismatch.KEY_ISSUER:
        issuers = {issuer_of(arn).lower() for arn in statement.principals.federated}
        return cond.name.rpartition(":")[0] not in issuers and not statement.principals.anyone
    if read.mismatch is Mismatch.KEY_ABSENT:
        if cond.name in KNOWN_TO_STS or of_the_role(cond.name):
            return False
        return not cond.name.startswith(
            ("aws:requesttag/", "aws:tagkeys", "sts:", "aws:source", "aws:vpc")
        )
    return True


def claim_of(cond: Condition, target: Target) -> str | None:
    """`sub` or `aud` where the condition's key is that of the target's issuer."""
    issuer, _, claim = cond.name.rpartition(":")
    return claim if claim in ("sub", "aud") and issuer == target.issuer.lower() else None


def statement(stmt: Statement, target: Target) -> bool:
    """Whether no web identity call can match the statement as it stands."""
    who = stmt.principals
    if who.negated or who.anyone:
        return False
    account = account_of(target.request.role_arn)
    if not any(is_provider(arn) and account_of(arn) == account for arn in who.federated):
        return True
    if not stmt.matched:
        return True
    return any(condition(cond, stmt, target) for cond in stmt.conditions)
