"""What the field's words mean, for whoever meets one for the first time in an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.languages import speak

if TYPE_CHECKING:
    from diagnostics.result import Finding

_MOST: Final = 3


def _meanings() -> tuple[tuple[str, str, str], ...]:
    """Word, how it stands in texts, and what it means."""
    return (
        ("STS", r"\bSTS\b", speak("STS: the AWS service that trades a token for credentials")),
        (
            "webhook",
            r"\bwebhook\b",
            speak("webhook: what gives new pods their role and token when they are created"),
        ),
        (
            "OIDC provider",
            r"\bOIDC provider\b",
            speak("OIDC provider: the entry in IAM that makes an account trust a cluster's tokens"),
        ),
        (
            "trust policy",
            r"\btrust policy\b",
            speak("trust policy: the part of a role that says who may assume it"),
        ),
        ("issuer", r"\bissuer\b", speak("issuer: the cluster's name in its tokens, a URL")),
        ("sub", r"\bsub\b", speak("sub: the subject, which service account a token is for")),
        ("aud", r"\baud\b", speak("aud: the audience, whom a token is made for")),
        (
            "web identity",
            r"\bweb identity\b",
            speak("web identity: a token that stands in for AWS keys"),
        ),
    )


def meanings(finding: Finding) -> tuple[str, ...]:
    """What the first words of the field mean that a finding uses, in the order in which it uses them; at most three."""
    text = " ".join((finding.headline, finding.why, finding.note or "", finding.next))
    found = []
    for _, pattern, meaning in _meanings():
        match = re.search(pattern, text)
        if match is not None:
            found.append((match.start(), meaning))
    return tuple(meaning for _, meaning in sorted(found, key=lambda one: one[0])[:_MOST])


__all__ = ["meanings"]
