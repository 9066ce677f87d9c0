"""Whom a repair lets in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from diagnostics.iam.keys import actions_of, issuer_of, texts
from diagnostics.iam.saving import OUTSIDE
from diagnostics.iam.subject import is_subject
from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.iam.request import WebIdentityRequest


@dataclass(frozen=True, slots=True)
class Target:
    """Provider, subject and audience of one call, and what it needs to be allowed."""

    request: WebIdentityRequest
    provider: str
    issuer: str
    """Without scheme."""
    subject: str
    audience: str | None
    actions: tuple[str, ...]

    @classmethod
    def of(cls, request: WebIdentityRequest) -> Self | str:
        """Read the target, or say in a sentence why no policy can let it in."""
        subject = request.claims.get("sub")
        if not isinstance(subject, str) or not subject:
            return say("The token has no subject, so there is nobody to let in.")
        party = request.claims.get("azp")
        audiences = (party,) if isinstance(party, str) else texts(request.claims.get("aud"))
        if len(audiences) > 1:
            return say(
                "The token has several audiences and no authorized party (azp), which STS refuses "
                "before it reads the policy; ask for a token with one audience."
            )
        for value in (subject, *audiences):
            if (outside := OUTSIDE.search(value)) is not None:
                return say(
                    "The token holds the character {character}, which no policy can hold, so no edit lets it in.",
                    character=f"U+{ord(outside[0]):04X}",
                )
        return cls(
            request=request,
            provider=request.provider_arn,
            issuer=issuer_of(request.provider_arn),
            subject=subject,
            audience=audiences[0] if audiences else None,
            actions=actions_of(request),
        )

    @property
    def kubernetes(self) -> bool:
        """Whether it is a service account."""
        return is_subject(self.subject)

    def key(self, claim: str) -> str:
        """The condition key of a claim."""
        return f"{self.issuer}:{claim}"

    def value(self, claim: str) -> str | None:
        """What the call carries for `sub` or `aud`."""
        return self.subject if claim == "sub" else self.audience
