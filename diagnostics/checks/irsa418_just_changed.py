"""IRSA418: something was changed moments ago."""

from __future__ import annotations

from datetime import timedelta

from diagnostics.checks.evidence_of_text import token_sent
from diagnostics.checks.places import of_trust
from diagnostics.checks.trust_faults import lets_in
from diagnostics.evidence import (
    IamRole,
    OidcProvider,
    ServiceAccount,
    TrustChanges,
    Unreadable,
)
from diagnostics.explain.words import clip, spoken
from diagnostics.gather.facts import Now, TrustAnswer
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding, Place, Severity
from diagnostics.wiring import Judgement, Pass, check

SETTLED = timedelta(minutes=5)


@check("IRSA418", severity=Severity.RISK, after=("IRSA401",))
def just_changed(
    *,
    now: Now,
    role: IamRole,
    provider: OidcProvider | Unreadable | None,
    symptom: Symptom,
    answer: TrustAnswer | Unreadable | None,
    account: ServiceAccount | Unreadable | None,
    changes: TrustChanges | Unreadable | None,
) -> Judgement:
    """The role or the provider was created moments ago.

    Why: IAM is eventually consistent: STS may need seconds to minutes to see a change.
    Source: IAM User Guide, "Changes that I make are not always immediately visible".
    """
    if not token_sent(symptom) or not lets_in(answer, account):
        return Pass()
    recent = changes.items if isinstance(changes, TrustChanges) else ()
    if recent and timedelta() <= now.at - recent[0].at < SETTLED:
        return Finding(
            headline=f"The trust policy was changed {spoken(now.at - recent[0].at)} ago; STS may not see it yet",
            place=of_trust(role),
            seen=f"changed {recent[0].at:%Y-%m-%d %H:%M:%S} UTC",
            wanted="a few minutes for IAM to spread the change",
            why="",
            next="Wait a few minutes and check again.",
            likely=True,
            note=f"It was changed by {clip(recent[0].by, 120)}." if recent[0].by else None,
        )
    made = {f"role {role.name}": role.created}
    if isinstance(provider, OidcProvider):
        made["the OIDC provider"] = provider.created
    for what, at in made.items():
        if at is not None and timedelta() <= now.at - at < SETTLED:
            return Finding(
                headline=f"{what[0].upper()}{what[1:]} was created {spoken(now.at - at)} ago; STS may "
                "not see it yet",
                place=Place(where=f"account {role.account}", object=what),
                seen=f"created {at:%Y-%m-%d %H:%M:%S} UTC",
                wanted="a few minutes for IAM to spread the change",
                why="",
                next="Wait a few minutes and check again.",
                likely=True,
                note="If the error goes away by itself, this was it.",
            )
    return Pass()
