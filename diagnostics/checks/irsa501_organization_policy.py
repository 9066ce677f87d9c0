"""IRSA501: an organization's policy refuses the call."""

from __future__ import annotations

from diagnostics.checks.control_policies import refusal
from diagnostics.checks.evidence_of_text import ORGANIZATION_POLICIES, said
from diagnostics.checks.places import of_text
from diagnostics.checks.trust_faults import lets_in
from diagnostics.evidence import ControlPolicies, IamRole, ServiceAccount, Unreadable
from diagnostics.evidence.derived import TrustAnswer
from diagnostics.iam.decision import Outcome
from diagnostics.languages import say
from diagnostics.recognize.symptom import Cause, Symptom
from diagnostics.result import Finding, Place
from diagnostics.text.clip import clip
from diagnostics.wiring import Judgement, Pass, Skip, Unknown, check


@check("IRSA501")
def organization_policy(
    *,
    symptom: Symptom,
    answer: TrustAnswer | Unreadable | None,
    account: ServiceAccount | Unreadable | None,
    role: IamRole | Unreadable | None,
    policies: ControlPolicies | Unreadable | None,
) -> Judgement:
    """An organization's policy refuses the call.

    Why: A resource control policy can deny the call although the trust policy is right, typically for an issuer that
    it does not list.
    Source: AWS Organizations User Guide, "Resource control policies"; resource-control-policy-examples issue 5.
    """
    if symptom.cause is not Cause.ACCESS_DENIED:
        return Skip(say("the text does not speak of a refused web identity"))
    kind = next((kind for kind in ORGANIZATION_POLICIES if kind in said(symptom)), None)
    if kind is not None:
        return _told(symptom, kind)
    if not lets_in(answer, account) or not isinstance(answer, TrustAnswer):
        return Skip(say("it matters only once the annotated role's trust policy lets the call in"))
    if not isinstance(policies, ControlPolicies) or not isinstance(role, IamRole):
        why = policies.why if isinstance(policies, Unreadable) else say("they were not asked for")
        enable = policies.enable if isinstance(policies, Unreadable) else say("ask again")
        return Unknown(
            say("the organization's resource control policies are not read: {why}", why=why[:300]),
            enable,
        )
    return _judged(policies, role, answer)


def _told(symptom: Symptom, kind: str) -> Finding:
    endpoint = kind.startswith("vpc")
    return Finding(
        headline=say("A {policy} refuses the call", policy=kind.replace("vpc", "VPC")),
        place=of_text(),
        seen=clip(symptom.message or symptom.excerpt),
        wanted=say(
            "a statement that allows sts:AssumeRoleWithWebIdentity without organization or account keys"
        )
        if endpoint
        else say("a {kind} that spares this issuer and role", kind=kind),
        why=say(
            "The call is unsigned, so conditions on the caller's organization or account never hold."
        )
        if endpoint
        else "",
        next=say(
            "Add a statement for sts:AssumeRoleWithWebIdentity, without conditions on the "
            "caller, to the policy of the STS endpoint."
        )
        if endpoint
        else say("Ask whoever manages the {kind} to except this issuer or role.", kind=kind),
    )


def _judged(policies: ControlPolicies, role: IamRole, answer: TrustAnswer) -> Judgement:
    open_: str | None = None
    for policy in policies.items:
        outcome, pointer = refusal(policy.text, role, answer.request, policies.path)
        if outcome is Outcome.EXPLICIT_DENY:
            issuer = str(answer.request.claims.get("iss", "")).removeprefix("https://")
            return Finding(
                headline=say(
                    "The organization's resource control policy {policy_name} denies the call",
                    policy_name=clip(policy.name, 40),
                ),
                place=Place(
                    where=f"organization, attached to {policy.attached_to}",
                    object=f"policy {policy.name} ({policy.id})",
                    field=pointer,
                ),
                seen=clip(policy.text),
                wanted=say(
                    "an exception for {issuer}, or for role {role_name}",
                    issuer=issuer,
                    role_name=role.name,
                ),
                why="",
                next=say(
                    "Ask whoever manages the organization to list this cluster's issuer in the policy, "
                    "or to except the role by its tag."
                ),
                commands=(f"aws organizations describe-policy --policy-id {policy.id}",),
            )
        if outcome is Outcome.UNDECIDED:
            open_ = open_ or policy.name
    if open_ is not None:
        return Unknown(
            say(
                "what resource control policy {open} does to the call depends on what is not known here",
                open=clip(open_, 60),
            ),
            say("ask who manages the organization whether the policy spares this cluster's issuer"),
        )
    return Pass()
