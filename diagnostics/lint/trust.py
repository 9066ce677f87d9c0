"""Trust policies judged without a call: what no call can ever pass, and what too many can.

Expressions that only the tool can work out count as right; what is written around them is judged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diagnostics.document.tree import HOLE
from diagnostics.explain.words import clip, listed, nearest
from diagnostics.iam import Outcome, PolicyError, WebIdentityRequest, decide, from_document
from diagnostics.iam.decision import Mismatch
from diagnostics.iam.keys import ISSUER_CLAIMS, account_of
from diagnostics.iam.provider_form import fault_of
from diagnostics.iam.subject import PREFIX, Subject, looks_like_subject
from diagnostics.iam.subject_reasons import form_fault, plausible
from diagnostics.iam.trusted_key import claim_meant, read_key
from diagnostics.lint.fill import ACCOUNT, FILLED, ISSUER, filled
from diagnostics.lint.finding import SourceFinding
from diagnostics.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.iam import TrustPolicy
    from diagnostics.iam.condition import Condition
    from diagnostics.iam.statement import Statement
    from diagnostics.lint.policy_source import PolicySource

_CLUSTER: Final = re.compile(r"eks|cluster|k8s|kube|irsa", re.IGNORECASE)
"""In an expression: what makes an unknown provider one of a cluster."""
_AUDIENCES: Final = ("sts.amazonaws.com", "sts.amazonaws.com.cn")
_LITERAL: Final = frozenset({"StringEquals", "StringEqualsIgnoreCase", "ArnEquals"})
_MOST_SUBJECTS: Final = 20
_CODES: Final = {
    Mismatch.CONTRADICTION: "IRSA412",
    Mismatch.EXCLUDED: "IRSA412",
    Mismatch.DENY: "IRSA413",
    Mismatch.KEY_ABSENT: "IRSA415",
    Mismatch.CONDITION: "IRSA415",
}
"""What a call shows; keys, forms and names are judged one by one, since another value of a list is no fault."""


def lint_policy(source: PolicySource) -> list[SourceFinding]:
    """Every fault of one trust policy, each once per place."""
    document = filled(source)
    if isinstance(document, dict) and document.get("Statement") == HOLE:
        return []
    try:
        policy = from_document(document)
    except PolicyError as error:
        return [
            _finding(source, "IRSA002", p.pointer, p.words, seen="", wanted="", fix=p.words)
            for p in error.problems
        ]
    found = [
        _finding(source, "IRSA002", p.pointer, p.words, seen="", wanted="", fix=p.words)
        for p in policy.refusals
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
        yield _finding(
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
        yield from _condition(source, condition, issuer)
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
        yield _finding(
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
            yield _finding(
                source,
                "IRSA404",
                f"{pointer}/Federated",
                f"The principal can't be an OIDC provider: {fault}.",
                seen=_shown(one),
                wanted="arn:aws:iam::<account>:oidc-provider/<issuer without https://>",
                fix="Write the ARN of the OIDC provider as IAM lists it.",
            )


def _condition(source: PolicySource, condition: Condition, issuer: str) -> Iterator[SourceFinding]:
    claim = condition.name.removeprefix(f"{issuer}:".lower())
    if claim == condition.name:
        yield from _key(source, condition, issuer)
        claim = claim_meant(condition.key) or ""
    if condition.base.negated or condition.base.name == "Null":
        return
    judge = {"sub": _subject, "aud": _audience}.get(claim)
    for index, value in enumerate(condition.values[:200]) if judge else ():
        if judge is not None and value != HOLE:
            yield from judge(
                source, condition, value, _value_pointer(source, condition.pointer, index)
            )


def _value_pointer(source: PolicySource, pointer: str, index: int) -> str:
    below = f"{pointer}/{index}"
    return below if below in source.spots else pointer


def _key(source: PolicySource, condition: Condition, issuer: str) -> Iterator[SourceFinding]:
    read = read_key(condition.key, issuer)
    claim = read.claim or "sub"
    if read.mismatch is Mismatch.KEY_ABSENT:
        yield _finding(
            source,
            "IRSA415",
            condition.pointer,
            f"The condition on {_shown(condition.key)} can't hold: {read.fault}.",
            seen=_shown(condition.key),
            wanted="a key that web identities carry",
            fix="Remove the condition, or write it about the token's sub or aud.",
            key=True,
        )
        return
    if read.mismatch not in (Mismatch.KEY_FORM, Mismatch.KEY_ISSUER) or read.claim is None:
        return
    shown = "<issuer>" if issuer == ISSUER else issuer
    yield _finding(
        source,
        "IRSA410",
        condition.pointer,
        f"No token has the condition key {_shown(condition.key)}: {read.fault}.",
        seen=_shown(condition.key),
        wanted=f"{shown}:{claim}",
        fix=f"Write the key as {shown}:{claim}."
        + (' In Terraform: replace(<url>, "https://", "").' if "https" in read.fault else ""),
        key=True,
    )


def _subject(
    source: PolicySource, condition: Condition, value: str, pointer: str
) -> Iterator[SourceFinding]:
    wild = "*" in value or "?" in value
    base = condition.base.name
    if value in _AUDIENCES or (value.startswith("sts.") and "amazonaws" in value):
        yield _finding(
            source,
            "IRSA408",
            pointer,
            f"{_shown(value)} is an audience, but it stands under the key of the subject.",
            seen=_shown(value),
            wanted="system:serviceaccount:<namespace>:<name>",
            fix="Swap the values of the sub and aud keys.",
        )
    elif wild and base in _LITERAL and plausible(value, wild=True):
        yield _finding(
            source,
            "IRSA411",
            pointer,
            f"{condition.operator} takes the wildcard in {_shown(value)} literally, so it never matches.",
            seen=f"{condition.operator}: {_shown(value)}",
            wanted="StringLike, or names without wildcards",
            fix="Name the service accounts, or move the condition under StringLike.",
        )
    elif not _reaches(value, wild=base not in _LITERAL):
        yield _finding(
            source,
            "IRSA407",
            pointer,
            f"No service account has the subject {_shown(value)}: {form_fault(value)}.",
            seen=_shown(value),
            wanted="system:serviceaccount:<namespace>:<name>",
            fix="Write the subject as system:serviceaccount:<namespace>:<name>.",
        )


def _reaches(value: str, *, wild: bool) -> bool:
    """Whether any service account can have a subject that fits."""
    if plausible(value, wild=wild):
        return True
    start = re.split(r"[*?]", value, maxsplit=1)[0]
    if not wild or start == value:
        return False
    return PREFIX.startswith(start) or (
        start.startswith(PREFIX) and value.count(":") <= PREFIX.count(":") + 1
    )


def _audience(
    source: PolicySource, condition: Condition, value: str, pointer: str
) -> Iterator[SourceFinding]:
    wild = ("*" in value or "?" in value) and condition.base.name in _LITERAL
    if value in _AUDIENCES or (not wild and "*" in value):
        return
    if looks_like_subject(value):
        words = f"{_shown(value)} is a subject, but it stands under the key of the audience."
        fix = "Swap the values of the sub and aud keys."
    elif nearest(value.lower(), _AUDIENCES) or value.lower().strip() in _AUDIENCES:
        words = f"{_shown(value)} is not the audience of EKS tokens, which is sts.amazonaws.com."
        fix = "Write sts.amazonaws.com."
    elif value.startswith(("https://sts.", "sts.")) and "amazonaws" in value:
        words = (
            f"{_shown(value)} is an endpoint; tokens of EKS carry the audience sts.amazonaws.com."
        )
        fix = "Write sts.amazonaws.com."
    else:
        return
    yield _finding(
        source, "IRSA408", pointer, words, seen=_shown(value), wanted="sts.amazonaws.com", fix=fix
    )


def _open(source: PolicySource, statement: Statement, issuer: str) -> Iterator[SourceFinding]:
    positive = [c for c in statement.conditions if not c.base.negated and c.base.name != "Null"]
    subs = [c for c in positive if claim_meant(c.key) == "sub"]
    pointer = f"{statement.pointer}/Condition" if statement.conditions else statement.pointer
    open_values = [
        value
        for c in subs
        if c.base.name not in _LITERAL
        for value in c.values
        if value != HOLE and _namespace_open(value)
    ]
    shown = "<issuer>" if issuer == ISSUER else issuer
    if not subs or open_values:
        yield _finding(
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
        yield _finding(
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
        _AUDIENCES[0],
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
                if code is None:
                    continue
                yield _finding(
                    source,
                    code,
                    reason.pointer,
                    reason.words.replace(ISSUER, "<issuer>"),
                    seen=listed(reason.trusted),
                    wanted=_shown(reason.presented or subject),
                    fix="Change the conditions so that they can hold together."
                    if code == "IRSA412"
                    else "Remove or correct this element.",
                )


def request_of(provider: str, subject: str, audience: str = _AUDIENCES[0]) -> WebIdentityRequest:
    """The call that a pod would make through a provider, to a role of the provider's account."""
    account = account_of(provider) or ACCOUNT
    return WebIdentityRequest(
        role_arn=f"arn:aws:iam::{account}:role/any",
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


def _shown(value: str) -> str:
    return visible(
        clip(value.replace(ISSUER, "<issuer>").replace(ISSUER.lower(), "<issuer>"), 200)
    ).replace(HOLE, "…")


def _finding(
    source: PolicySource,
    code: str,
    pointer: str,
    words: str,
    *,
    seen: str,
    wanted: str,
    fix: str,
    key: bool = False,
) -> SourceFinding:
    return SourceFinding(
        code=code,
        spot=source.key_spot(pointer) if key else source.spot(pointer),
        object=source.object,
        headline=words.replace(ISSUER, "<issuer>").replace(HOLE, "…").replace(FILLED, "…"),
        seen=seen.replace(HOLE, "…").replace(FILLED, "…"),
        wanted=wanted.replace(FILLED, "…"),
        next=fix,
    )
