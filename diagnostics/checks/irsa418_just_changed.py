"""IRSA418: something was changed moments ago."""

from __future__ import annotations

from datetime import timedelta

from diagnostics.checks.evidence_of_text import token_sent
from diagnostics.checks.trust_faults import lets_in
from diagnostics.evidence import IamRole, OidcProvider, ServiceAccount, Unreadable
from diagnostics.explain.words import spoken
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
) -> Judgement:
    """The role or the provider was created moments ago.

    Why: IAM is eventually consistent: STS may need seconds to minutes to see a change.
    Source: IAM User Guide, "Changes that I make are not always immediately visible".
    """
    if not token_sent(symptom) or not lets_in(answer, account):
        return Pass()
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
