"""The answer of a trust policy, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the policy decides.

    Source: IAM User Guide, "Policy evaluation logic".
    """

    ALLOWED = "Allowed"
    IMPLICIT_DENY = "ImplicitDeny"
    EXPLICIT_DENY = "ExplicitDeny"
    UNDECIDED = "Undecided"
    """It depends on what cannot be known from outside, or on what AWS does not document."""


class Mismatch(StrEnum):
    """Why an element of a statement does not match, told apart as finely as an explanation needs."""

    ACTION = "action"
    """Another action, such as sts:AssumeRole, or a misspelled one."""
    PRINCIPAL_KIND = "principal-kind"
    """No `Federated` principal at all: AWS, Service, CanonicalUser …"""
    PROVIDER = "provider"
    """A federated principal, but another provider: cluster, region, account, partition."""
    PROVIDER_FORM = "provider-form"
    """A provider ARN that can't be one: `https://` inside, no `oidc-provider/`, no `/id/`, a wildcard."""
    SUBJECT_NAMESPACE = "subject-namespace"
    SUBJECT_NAME = "subject-name"
    """The namespace is right, the service account another."""
    SUBJECT_BOTH = "subject-both"
    """A well-formed subject of another namespace and another service account."""
    SUBJECT_FORM = "subject-form"
    """A value that no token can carry: white space, `serviceaccounts`, a missing part, an unfilled placeholder."""
    SUBJECT_CASE = "subject-case"
    """Equal but for upper and lower case."""
    WILDCARD_LITERAL = "wildcard-literal"
    """`*` or `?` under an operator that takes them literally."""
    AUDIENCE = "audience"
    SWAPPED = "swapped"
    """An audience under the `:sub` key, or a subject under the `:aud` key."""
    KEY_ISSUER = "key-issuer"
    """The condition key belongs to another issuer, so it is absent from this call."""
    KEY_FORM = "key-form"
    """A key that no call has: `https://`, an ARN, a trailing slash, no issuer, blanks around it."""
    KEY_ABSENT = "key-absent"
    """A known key that this kind of call does not carry, such as sts:ExternalId or aws:PrincipalOrgID."""
    CONTRADICTION = "contradiction"
    """Conditions that can't all hold for any value of the key."""
    EXCLUDED = "excluded"
    """A negated operator lists this very value, or a pattern that covers it."""
    ROLE = "role"
    """The role itself is not what a condition demands: a tag of it, its account, its organization."""
    CONDITION = "condition"
    """A further condition whose value does not fit."""
    DENY = "deny"
    """A Deny statement matches."""
    UNKNOWN = "unknown"
    """Depends on a value that only STS sees."""
    UNDOCUMENTED = "undocumented"
    """AWS does not say how this is evaluated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One element of one statement that did (Deny) or did not (Allow) match."""

    statement: int
    """Index in the policy, from 0."""
    pointer: str
    """JSON pointer to the element, such as `/Statement/0/Condition/StringEquals/…:sub`."""
    mismatch: Mismatch
    words: str
    """One sentence, values quoted with invisible characters spelled out."""
    operator: str | None = None
    key: str | None = None
    presented: str | None = None
    """What the call carries; None where it carries nothing."""
    trusted: tuple[str, ...] = ()
    """What the policy lists there, verbatim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome, the statement that made it, and why the others did not match."""

    outcome: Outcome
    statement: int | None = None
    """The statement that allows or denies; for an implicit deny the one that came nearest, if any."""
    reasons: tuple[Reason, ...] = ()
    """Nearest statement first; within a statement, in the order principal, action, conditions."""
    undecided: tuple[str, ...] = ()
    """Condition keys whose unknown values would settle an UNDECIDED outcome."""
