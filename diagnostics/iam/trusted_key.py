"""What is wrong with a condition key that this call does not carry.

Source: IAM User Guide, "Available keys for AWS web identity federation": the key is the issuer without `https://`,
a colon and the claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from diagnostics.iam.decision import Mismatch
from diagnostics.iam.keys import ISSUER_CLAIMS, NEVER_CARRIED, role_tag
from diagnostics.languages import say

_SUBJECTS: Final = frozenset({"sub", "subject", "subs", "sa", "serviceaccount", "service-account"})
_AUDIENCES: Final = frozenset({"aud", "auds", "audience", "audiences"})
_PREFIXES: Final = frozenset({"aws", "sts", "iam", "saml", "ec2", "kms", "s3"})
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/[^\s:*?{}<>]*)?")
_BLANK: Final = re.compile(r"[\x00-\x20]")
_FOREIGN: Final = re.compile(r"[^\x00-\x7e]")
_PLACEHOLDERS: Final = re.compile(r"\$\{|\{\{|[<>]|OIDC_PROVIDER")
_TAIL: Final = re.compile(r"[:./]")
_EKS_ID: Final = re.compile(r"/id/[^/]+")


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that the call lacks: the kind of fault, and the claim that was probably meant."""

    mismatch: Mismatch
    claim: str | None
    """`sub`, `aud` or None where nothing points to one."""
    fault: str
    """One clause."""


def claim_meant(key: str) -> str | None:
    """The claim that a key ends in, forgiving its spelling."""
    tail = _TAIL.split(key.strip().lower())[-1].strip()
    if tail in _SUBJECTS:
        return "sub"
    return "aud" if tail in _AUDIENCES else None


def read_key(key: str, issuer: str) -> TrustedKey:  # noqa: PLR0911  one kind of fault each
    """Say why a key has no value in a call whose token comes from `issuer` (no scheme)."""
    lower = key.lower()
    claim = claim_meant(key)
    ours = issuer.lower()
    prefix, colon, tail = lower.rpartition(":")
    if lower in NEVER_CARRIED or lower.startswith("aws:principaltag/"):
        return _absent(None, say("no AssumeRoleWithWebIdentity call carries {key}", key=key))
    if (tag := role_tag(key)) is not None:
        return _absent(None, say("the role has no tag {tag}", tag=tag))
    form = _form(key, prefix, colon, tail, ours)
    if form:
        return TrustedKey(Mismatch.KEY_FORM, claim, form)
    if prefix == ours:
        if claim and tail not in ISSUER_CLAIMS:
            return TrustedKey(
                Mismatch.KEY_FORM, claim, say('the claim is called "{claim}"', claim=claim)
            )
        if tail in ISSUER_CLAIMS:
            return _absent(claim, say("the token carries no claim {claim}", claim=tail))
        return _absent(
            claim, say("IAM does not offer the claim {claim} as a condition key", claim=tail)
        )
    if prefix in _PREFIXES or prefix.split("/")[0] in _PREFIXES:
        if claim:
            return TrustedKey(Mismatch.KEY_FORM, claim, say("the key must begin with the issuer"))
        return _absent(None, say("this call carries no {key}", key=key))
    return TrustedKey(Mismatch.KEY_ISSUER, claim, say("the key belongs to another issuer"))


def _absent(claim: str | None, fault: str) -> TrustedKey:
    return TrustedKey(Mismatch.KEY_ABSENT, claim, fault)


def _form(  # noqa: C901, PLR0911, PLR0912  one rule per line
    key: str, prefix: str, colon: str, tail: str, ours: str
) -> str | None:
    if key != key.strip() or _BLANK.search(key):
        return say("the key holds white space")
    if _FOREIGN.search(key):
        return say("the key holds a character that no issuer has")
    if "://" in key:
        return say("the key must not hold the scheme https://")
    if key.lower().startswith("arn:"):
        return say("the key must hold the issuer only, not the provider's ARN")
    if _PLACEHOLDERS.search(key):
        return say("a placeholder was never filled in")
    if "*" in key or "?" in key:
        return say("a key takes no wildcards")
    if not colon or (key.lower() == ours):
        return say("the key must be the issuer, a colon and the claim")
    if prefix.startswith("//") or "//" in prefix or prefix.endswith(":"):
        return say("a slash or colon is doubled")
    if prefix.rstrip("/") == ours.rstrip("/") and prefix != ours:
        return (
            say("the issuer in the key ends in a slash that the issuer does not have")
            if prefix.endswith("/")
            else say("the issuer in the key lacks the issuer's trailing slash")
        )
    if prefix.removeprefix("oidc-provider/") == ours and prefix != ours:
        return say("the key must hold the issuer only, without oidc-provider/")
    if prefix.endswith(f"/{ours}") or prefix.startswith(f"{ours}:"):
        return say("the key must hold the issuer only")
    head, _, path = prefix.partition("/")
    our_head, _, our_path = ours.partition("/")
    if ":" in head and head.partition(":")[0] == our_head:
        return say("the key must not hold a port")
    if _swapped(head, our_head) or (
        path == our_path and _EKS_ID.search(prefix) and head != our_head
    ):
        return (
            None
            if _HOST.fullmatch(prefix) and not _swapped(head, our_head)
            else say("the host is misspelled")
        )
    if head == our_head and our_path.startswith("id/") and not path.startswith("id/"):
        return say("the key lacks the issuer's path /id/<cluster ID>")
    if f"/id/{tail}" in ours:
        return say("the key must be the issuer, a colon and the claim")
    return None


def _swapped(head: str, our_head: str) -> bool:
    return head != our_head and sorted(head.split(".")) == sorted(our_head.split("."))
