"""Trust policies judged without a call: what no call can ever pass, and what too many can.

Expressions that only the tool can work out count as right; what is written around them is judged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.arn import account_of
from diagnostics.document.tree import HOLE
from diagnostics.iam import (
    Outcome,
    PolicyError,
    WebIdentityRequest,
    decide,
    from_document,
    refusals,
)
from diagnostics.iam.decision import Mismatch
from diagnostics.iam.keys import ISSUER_CLAIMS
from diagnostics.iam.provider_form import fault_of
from diagnostics.iam.subject import Subject, looks_like_subject
from diagnostics.iam.trusted_key import claim_meant
from diagnostics.lint.conditions import AUDIENCES, LITERAL, condition_findings
from diagnostics.lint.fill import ACCOUNT, ISSUER, filled
from diagnostics.lint.policy_finding import policy_finding, shown_value
from diagnostics.text.clip import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.iam import TrustPolicy
    from diagnostics.iam.statement import Statement
    from diagnostics.lint.finding import SourceFinding
    from diagnostics.lint.policy_source import PolicySource

_CLUSTER: Final = re.compile(r"eks|cluster|k8s|kube|irsa", re.IGNORECASE)
"""In an expression: what makes an unknown provider one of a cluster."""
_MOST_SUBJECTS: Final = 20
_CODES: Final = {
    Mismatch.CONTRADICTION: "IRSA412",
    Mismatch.EXCLUDED: "IRSA412",
    Mismatch.DENY: "IRSA413",
    Mismatch.KEY_ABSENT: "IRSA415",
    Mismatch.ROLE: "IRSA415",
    Mismatch.CONDITION: "IRSA415",
}
"""What a call shows; keys, forms and names are judged one by one, since another value of a list is no fault."""


def lint_policy(source: PolicySource) -> list[SourceFinding]:
    """Every fault of one trust policy, each once per place."""
    document = filled(source)
    whole = document.get("Statement") if isinstance(document, dict) else document
    if isinstance(whole, str) and HOLE in whole:
        return []
    try:
        policy = from_document(document)
    except PolicyError as error:
        return [
            policy_finding(source, "IRSA002", p.pointer, p.words, seen="", wanted="", fix=p.words)
            for p in error.problems
        ]
    found = [
        policy_finding(source, "IRSA002", p.pointer, p.words, seen="", wanted="", fix=p.words)
        for p in refusals(policy)
        if p.certain and not source.generated and p.pointer not in source.holes
        if "U+E000" not in p.words
        if not _told_otherwise(source, policy, p.pointer)
    ]
    for statement in policy.statements:
        if statement.allow and _of_kubernetes(source, statement):
            found.extend(_statement(source, policy, statement))
    unique: dict[tuple[str, object], SourceFinding] = {}
    for finding in found:
        unique.setdefault((finding.code, finding.spot), finding)
    return list(unique.values())


def _told_otherwise(source: PolicySource, policy: TrustPolicy, pointer: str) -> bool:
    """Whether a rule below speaks of the same element in better words."""
    return "/Principal" in pointer and any(_of_kubernetes(source, s) for s in policy.statements)


def _of_kubernetes(source: PolicySource, statement: Statement) -> bool:
    """Whether a statement is about service accounts rather than people, GitHub or another AWS principal."""
    texts = (v for c in statement.conditions for v in c.values)
    if any(looks_like_subject(v) for v in texts):
        return True
    unknown = False
    for one in statement.principals.federated:
        if ISSUER in one:
            unknown = True
        elif "oidc.eks" in one or "oidc-eks" in one:
            return True
    return unknown and any(
        _CLUSTER.search(expression)
        for pointer, expressions in source.holes.items()
        if pointer.startswith(f"{statement.pointer}/")
        for expression in expressions
    )


def _statement(
    source: PolicySource, policy: TrustPolicy, statement: Statement
) -> Iterator[SourceFinding]:
    providers = sorted(statement.principals.federated)
    yield from _principal(source, statement, providers)
    pointer = f"{statement.pointer}/{statement.action_element}"
    if not any(a.endswith("WebIdentity") for a in statement.matched):
        yield policy_finding(
            source,
            "IRSA403",
            pointer,
            f"The statement trusts an OIDC provider but allows {listed(statement.actions)}.",
            seen=listed(statement.actions),
            wanted="sts:AssumeRoleWithWebIdentity",
            fix="Allow sts:AssumeRoleWithWebIdentity here.",
        )
    issuer = _issuer_of(providers, statement)
    for condition in statement.conditions:
        yield from condition_findings(source, condition, issuer)
    if not source.partial:
        yield from _open(source, statement, issuer)
    yield from _unreachable(source, policy, statement, providers)


def _issuer_of(providers: list[str], statement: Statement) -> str:
    for one in providers:
        if ":oidc-provider/" in one:
            return one.partition(":oidc-provider/")[2].removeprefix("https://").rstrip("/")
    if not providers:
        for condition in statement.conditions:
            head, _, claim = condition.key.rpartition(":")
            if claim in ISSUER_CLAIMS and "oidc.eks." in head:
                return head.removeprefix("https://")
    return ISSUER


def _principal(
    source: PolicySource, statement: Statement, providers: list[str]
) -> Iterator[SourceFinding]:
    pointer = f"{statement.pointer}/{statement.principals.element}"
    if not providers and not statement.principals.negated:
        kinds = ", ".join(dict.fromkeys(kind for kind, _ in statement.principals.entries))
        yield policy_finding(
            source,
            "IRSA402",
            pointer,
            f"The statement is about a service account, but its principal is of kind {kinds or 'nobody'}.",
            seen=listed(value for _, value in statement.principals.entries),
            wanted='{"Federated": "arn:aws:iam::<account>:oidc-provider/<issuer>"}',
            fix="Name the cluster's OIDC provider as Federated principal.",
        )
    for one in providers:
        fault = fault_of(one)
        if fault:
            yield policy_finding(
                source,
                "IRSA404",
                f"{pointer}/Federated",
                f"The principal can't be an OIDC provider: {fault}.",
                seen=shown_value(one),
                wanted="arn:aws:iam::<account>:oidc-provider/<issuer without https://>",
                fix="Write the ARN of the OIDC provider as IAM lists it.",
            )


def _open(source: PolicySource, statement: Statement, issuer: str) -> Iterator[SourceFinding]:
    positive = [c for c in statement.conditions if not c.base.negated and c.base.name != "Null"]
    subs = [c for c in positive if claim_meant(c.key) == "sub"]
    pointer = f"{statement.pointer}/Condition" if statement.conditions else statement.pointer
    open_values = [
        value
        for c in subs
        if c.base.name not in LITERAL
        for value in c.values
        if value != HOLE and _namespace_open(value)
    ]
    shown = "<issuer>" if issuer == ISSUER else issuer
    if not subs or open_values:
        yield policy_finding(
            source,
            "IRSA416",
            subs[0].pointer if subs else pointer,
            "The trust policy lets in "
            + (
                "service accounts of more than one namespace."
                if subs
                else "every service account of the cluster."
            ),
            seen=listed(open_values) if subs else "(no condition on sub)",
            wanted="system:serviceaccount:<namespace>:<name>",
            fix=f"Name the service accounts that need the role under StringEquals, {shown}:sub.",
        )
    if not any(claim_meant(c.key) == "aud" for c in positive):
        yield policy_finding(
            source,
            "IRSA409",
            pointer,
            "The trust policy does not check the audience.",
            seen="(no condition on aud)",
            wanted=f"{shown}:aud = sts.amazonaws.com",
            fix=f"Add {shown}:aud = sts.amazonaws.com under StringEquals.",
        )


def _namespace_open(pattern: str) -> bool:
    namespace = pattern.removeprefix("system:serviceaccount:").partition(":")[0]
    return "*" in namespace or "?" in namespace


def _unreachable(
    source: PolicySource, policy: TrustPolicy, statement: Statement, providers: list[str]
) -> Iterator[SourceFinding]:
    """Ask for each service account that the statement names whether it gets in at all."""
    named = [
        value.replace("*", "x").replace("?", "x")
        for c in statement.conditions
        if not c.base.negated and claim_meant(c.key) == "sub"
        for value in c.values
        if value != HOLE
    ]
    audience = next(
        (
            v
            for c in statement.conditions
            if claim_meant(c.key) == "aud" and not c.base.negated
            for v in c.values
            if v != HOLE and "*" not in v and not looks_like_subject(v)
        ),
        AUDIENCES[0],
    )
    for subject in [s for s in named if Subject.parse(s)][:_MOST_SUBJECTS]:
        for provider in providers[:3]:
            if fault_of(provider):
                continue
            request = request_of(provider, subject, audience)
            decision = decide(policy, request)
            if decision.outcome in (Outcome.ALLOWED, Outcome.UNDECIDED):
                break
            for reason in decision.reasons:
                if reason.statement != statement.index and reason.mismatch is not Mismatch.DENY:
                    continue
                code = _CODES.get(reason.mismatch)
                if code is None or any(HOLE in value for value in reason.trusted):
                    continue
                yield policy_finding(
                    source,
                    code,
                    reason.pointer,
                    reason.words.replace(ISSUER, "<issuer>"),
                    seen=listed(reason.trusted),
                    wanted=shown_value(reason.presented or subject),
                    fix="Change the conditions so that they can hold together."
                    if code == "IRSA412"
                    else "Remove or correct this element.",
                )


def request_of(provider: str, subject: str, audience: str = AUDIENCES[0]) -> WebIdentityRequest:
    """The call that a pod would make through a provider, to a role of the provider's account."""
    account = account_of(provider)
    return WebIdentityRequest(
        # Which account a hole stands for is open, and so is a condition on it.
        role_arn=f"arn:aws:iam::{'' if account in (None, ACCOUNT) else account}:role/any",
        provider_arn=provider,
        claims={"sub": subject, "aud": audience},
        open_context=True,
    )


def filled_policy(source: PolicySource) -> TrustPolicy | None:
    """The policy with its holes filled; None where it can't be read."""
    try:
        return from_document(filled(source))
    except PolicyError:
        return None
