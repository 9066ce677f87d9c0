"""One condition of a trust policy: a key that no call carries, values that no token has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import HOLE
from diagnostics.iam.decision import Mismatch
from diagnostics.iam.keys import KNOWN_TO_STS, of_the_role
from diagnostics.iam.subject import PREFIX, looks_like_subject
from diagnostics.iam.subject_reasons import form_fault, plausible
from diagnostics.iam.trusted_key import claim_meant, read_key
from diagnostics.lint.fill import ISSUER
from diagnostics.lint.policy_finding import policy_finding, shown_value
from diagnostics.text.near_name import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.iam.condition import Condition
    from diagnostics.lint.finding import SourceFinding
    from diagnostics.lint.policy_source import PolicySource

AUDIENCES: Final = ("sts.amazonaws.com", "sts.amazonaws.com.cn")
"""Of EKS tokens, in the partitions that have clusters."""
LITERAL: Final = frozenset({"StringEquals", "StringEqualsIgnoreCase", "ArnEquals"})
"""Operators under which a wildcard in the value of a claim never matches."""


def condition_findings(
    source: PolicySource, condition: Condition, issuer: str
) -> Iterator[SourceFinding]:
    """What is wrong with the key of a condition, and with each of its values."""
    claim = condition.name.removeprefix(f"{issuer}:".lower())
    if claim == condition.name:
        yield from _key(source, condition, issuer)
        claim = claim_meant(condition.key) or ""
    if condition.base.negated or condition.base.name == "Null":
        return
    judge = {"sub": _subject, "aud": _audience}.get(claim)
    for index, value in enumerate(condition.values[:200]) if judge else ():
        if judge is not None and value != HOLE:
            yield from judge(
                source, condition, value, _value_pointer(source, condition.pointer, index)
            )


def _value_pointer(source: PolicySource, pointer: str, index: int) -> str:
    below = f"{pointer}/{index}"
    return below if below in source.spots else pointer


def _key(source: PolicySource, condition: Condition, issuer: str) -> Iterator[SourceFinding]:
    if condition.name in KNOWN_TO_STS or of_the_role(condition.name):
        return
    read = read_key(condition.key, issuer)
    claim = read.claim or "sub"
    if read.mismatch is Mismatch.KEY_ABSENT:
        yield policy_finding(
            source,
            "IRSA415",
            condition.pointer,
            f"The condition on {shown_value(condition.key)} can't hold: {read.fault}.",
            seen=shown_value(condition.key),
            wanted="a key that web identities carry",
            fix="Remove the condition, or write it about the token's sub or aud.",
            key=True,
        )
        return
    if read.mismatch not in (Mismatch.KEY_FORM, Mismatch.KEY_ISSUER) or read.claim is None:
        return
    shown = "<issuer>" if issuer == ISSUER else issuer
    yield policy_finding(
        source,
        "IRSA410",
        condition.pointer,
        f"No token has the condition key {shown_value(condition.key)}: {read.fault}.",
        seen=shown_value(condition.key),
        wanted=f"{shown}:{claim}",
        fix=f"Write the key as {shown}:{claim}."
        + (' In Terraform: replace(<url>, "https://", "").' if "https" in read.fault else ""),
        key=True,
    )


def _subject(
    source: PolicySource, condition: Condition, value: str, pointer: str
) -> Iterator[SourceFinding]:
    wild = "*" in value or "?" in value
    base = condition.base.name
    if value in AUDIENCES or (value.startswith("sts.") and "amazonaws" in value):
        yield policy_finding(
            source,
            "IRSA408",
            pointer,
            f"{shown_value(value)} is an audience, but it stands under the key of the subject.",
            seen=shown_value(value),
            wanted="system:serviceaccount:<namespace>:<name>",
            fix="Swap the values of the sub and aud keys.",
        )
    elif wild and base in LITERAL and plausible(value, wild=True):
        yield policy_finding(
            source,
            "IRSA411",
            pointer,
            f"{condition.operator} takes the wildcard in {shown_value(value)} literally, so it never matches.",
            seen=f"{condition.operator}: {shown_value(value)}",
            wanted="StringLike, or names without wildcards",
            fix="Name the service accounts, or move the condition under StringLike.",
        )
    elif not _reaches(value, wild=base not in LITERAL):
        yield policy_finding(
            source,
            "IRSA407",
            pointer,
            f"No service account has the subject {shown_value(value)}: {form_fault(value)}.",
            seen=shown_value(value),
            wanted=_meant(value),
            fix=f"Write the subject as {_meant(value)}.",
        )


def _meant(value: str) -> str:
    """The value without blanks and capitals, where that is a subject; else how one is formed."""
    kept = "".join(one for one in value.lower()[:400] if "!" <= one <= "~")
    kept = kept.replace("system:serviceaccounts:", "system:serviceaccount:", 1)
    return kept if plausible(kept, wild=False) else "system:serviceaccount:<namespace>:<name>"


def _reaches(value: str, *, wild: bool) -> bool:
    """Whether any service account can have a subject that fits."""
    if plausible(value, wild=wild):
        return True
    start = re.split(r"[*?]", value, maxsplit=1)[0]
    if not wild or start == value:
        return False
    return PREFIX.startswith(start) or (
        start.startswith(PREFIX) and value.count(":") <= PREFIX.count(":") + 1
    )


def _audience(
    source: PolicySource, condition: Condition, value: str, pointer: str
) -> Iterator[SourceFinding]:
    wild = ("*" in value or "?" in value) and condition.base.name in LITERAL
    if value in AUDIENCES or (not wild and "*" in value):
        return
    if looks_like_subject(value):
        words = f"{shown_value(value)} is a subject, but it stands under the key of the audience."
        fix = "Swap the values of the sub and aud keys."
    elif nearest(value.lower(), AUDIENCES) or value.lower().strip() in AUDIENCES:
        words = (
            f"{shown_value(value)} is not the audience of EKS tokens, which is sts.amazonaws.com."
        )
        fix = "Write sts.amazonaws.com."
    elif value.startswith(("https://sts.", "sts.")) and "amazonaws" in value:
        words = f"{shown_value(value)} is an endpoint; tokens of EKS carry the audience sts.amazonaws.com."
        fix = "Write sts.amazonaws.com."
    else:
        return
    yield policy_finding(
        source,
        "IRSA408",
        pointer,
        words,
        seen=shown_value(value),
        wanted="sts.amazonaws.com",
        fix=fix,
    )
