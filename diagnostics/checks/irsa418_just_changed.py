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
from diagnostics.evidence.derived import Now, TrustAnswer
from diagnostics.languages import say
from diagnostics.recognize.symptom import Symptom
from diagnostics.result import Finding, Place, Severity
from diagnostics.text.clip import clip
from diagnostics.text.time_span import spoken
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
            headline=say(
                "The trust policy was changed {ago} ago; STS may not see it yet",
                ago=spoken(now.at - recent[0].at),
            ),
            place=of_trust(role),
            seen=say("changed {at} UTC", at=f"{recent[0].at:%Y-%m-%d %H:%M:%S}"),
            wanted=say("a few minutes for IAM to spread the change"),
            why="",
            next=say("Wait a few minutes and check again."),
            likely=True,
            note=say("It was changed by {by}.", by=clip(recent[0].by, 120))
            if recent[0].by
            else None,
        )
    ago = (
        say(
            "Role {role} was created {ago} ago; STS may not see it yet",
            role=role.name,
            ago=spoken(now.at - role.created),
        )
        if role.created
        else ""
    )
    made = [(f"role {role.name}", ago, role.created)]
    if isinstance(provider, OidcProvider) and provider.created:
        ago = say(
            "The OIDC provider was created {ago} ago; STS may not see it yet",
            ago=spoken(now.at - provider.created),
        )
        made.append(("the OIDC provider", ago, provider.created))
    for what, headline, at in made:
        if at is not None and timedelta() <= now.at - at < SETTLED:
            return Finding(
                headline=headline,
                place=Place(where=f"account {role.account}", object=what),
                seen=say("created {at} UTC", at=f"{at:%Y-%m-%d %H:%M:%S}"),
                wanted=say("a few minutes for IAM to spread the change"),
                why="",
                next=say("Wait a few minutes and check again."),
                likely=True,
                note=say("If the error goes away by itself, this was it."),
            )
    return Pass()
