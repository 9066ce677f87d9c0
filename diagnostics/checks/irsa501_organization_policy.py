"""IRSA501: an organization's policy refuses the call."""

from __future__ import annotations

from diagnostics.checks.places import of_text
from diagnostics.checks.trust_faults import lets_in
from diagnostics.evidence import ServiceAccount, Unreadable
from diagnostics.explain.words import clip
from diagnostics.gather.facts import TrustAnswer
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding
from diagnostics.wiring import Judgement, Pass, Skip, Unknown, check


@check("IRSA501")
def organization_policy(
    symptom: Symptom,
    answer: TrustAnswer | Unreadable | None,
    account: ServiceAccount | Unreadable | None,
) -> Judgement:
    """An organization's policy refuses the call.

    Why: A resource control policy can deny the call although the trust policy is right, typically for an issuer that
    it does not list.
    Source: AWS Organizations User Guide, "Resource control policies"; resource-control-policy-examples issue 5.
    """
    text = f"{symptom.message or ''} {symptom.excerpt}".lower()
    for kind in ("resource control policy", "service control policy", "vpc endpoint policy"):
        if kind in text:
            return Finding(
                headline=f"A {kind} refuses the call",
                place=of_text(),
                seen=clip(symptom.message or symptom.excerpt),
                wanted=f"a {kind} that spares this issuer and role",
                why="",
                next=f"Ask whoever manages the {kind} to except this issuer or role.",
            )
    if symptom.cause is not Cause.ACCESS_DENIED:
        return Skip("the text does not speak of a refusal")
    if lets_in(answer, account):
        return Unknown(
            "the organization's resource control policies are not read",
            "let the read role call organizations:ListPoliciesForTarget and "
            "organizations:DescribePolicy, or ask who manages the organization",
        )
    return Pass()
