"""The smallest edit of a trust policy that lets exactly one (provider, subject, audience) in.

Laws: the target request is allowed after it; every other (provider, subject, audience) that a token can carry is
decided as before; repairing twice changes nothing. An edit inside a statement is taken only where it keeps them,
else a statement is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.arn import account_of
from diagnostics.iam import added, in_place
from diagnostics.iam.decide import decide, outcome
from diagnostics.iam.decision import Mismatch, Outcome
from diagnostics.iam.keys import keys_of
from diagnostics.iam.parse import from_document
from diagnostics.iam.saving import QUOTA
from diagnostics.iam.target import Target
from diagnostics.languages import joined, say

if TYPE_CHECKING:
    from diagnostics.iam.decision import Decision
    from diagnostics.iam.draft import Change, Draft
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.request import WebIdentityRequest

_TRIED: Final = 10
"""How many of the nearest statements are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A corrected policy, or why there is none."""

    policy: TrustPolicy | None
    """None where a person must decide first. With no changes: the policy is right as it is."""
    changes: tuple[Change, ...]
    before: Outcome
    after: Outcome
    """UNDECIDED where a condition that only STS can judge stays in place."""
    blocked: str | None
    """What a person must decide, one or two sentences; None where nothing is in the way."""
    size: int
    """Characters that count against the quota, after the change."""
    exceeds_quota: bool
    """Whether `size` passes the default quota of 2,048, which an account can have raised, and the present size."""


def repair(policy: TrustPolicy, request: WebIdentityRequest) -> Repair:
    """Correct a trust policy for one call."""
    decision = decide(policy, request)
    if decision.outcome is Outcome.ALLOWED:
        return _done(policy, policy, (), decision.outcome, decision.outcome, None)
    blocked = _obstacle(decision, policy, request)
    target = Target.of(request)
    if isinstance(target, str):
        blocked = blocked or target
    if blocked or isinstance(target, str):
        return _stuck(policy, decision.outcome, blocked or "")
    fallback: tuple[TrustPolicy, Draft] | None = None
    for draft in _drafts(policy, target, decision):
        fixed = from_document(draft.document)
        after = outcome(fixed, request)
        if after is Outcome.ALLOWED:
            return _done(policy, fixed, tuple(draft.changes), decision.outcome, after, None)
        if after is Outcome.UNDECIDED and fallback is None and decide(fixed, request).undecided:
            fallback = fixed, draft
    if fallback is None:
        words = say("No edit of this policy alone lets the call in; rewrite it by hand.")
        lacks = _lacks(decision)
        return _stuck(policy, decision.outcome, joined((lacks, words), " ") if lacks else words)
    fixed, draft = fallback
    keys = ", ".join(decide(fixed, request).undecided)
    words = say(
        "After this change the call also needs the condition on {keys} to hold, which can't be "
        "judged from here; a person must decide whether it may stay.",
        keys=keys,
    )
    return _done(policy, fixed, tuple(draft.changes), decision.outcome, Outcome.UNDECIDED, words)


def _drafts(policy: TrustPolicy, target: Target, decision: Decision) -> list[Draft]:
    keys = keys_of(target.request)
    near = dict.fromkeys(reason.statement for reason in decision.reasons)
    order = [policy.statements[i] for i in near if policy.statements[i].allow]
    tried = order[:_TRIED]
    drafts = [d for s in tried if (d := in_place.edit(policy, s, target, keys)) is not None]
    drafts.append(added.statement(policy, tried, target, keys))
    return sorted(drafts, key=lambda d: d.cost)


def _obstacle(decision: Decision, policy: TrustPolicy, request: WebIdentityRequest) -> str | None:
    if decision.outcome is Outcome.EXPLICIT_DENY:
        named = [
            f"{s.pointer}" + (f' ("{s.sid}")' if s.sid else "")
            for s in policy.statements
            if s.index == decision.statement
        ]
        return say(
            "The Deny at {named} matches this call on purpose or by accident, and no Allow "
            "outweighs it; its owner must decide whether it should.",
            named=", ".join(named),
        )
    if decision.outcome is Outcome.UNDECIDED and decision.undecided:
        return say(
            "Everything else matches; whether the condition on {undecided} holds can't be judged "
            "from here, so a person must decide whether it is right.",
            undecided=", ".join(decision.undecided),
        )
    near = [r for r in decision.reasons if r.statement == decision.statement]
    if all(r.mismatch in (Mismatch.ROLE, Mismatch.UNKNOWN) for r in near) and (
        lacks := _lacks(decision)
    ):
        return say(
            "{lacks} Everything else matches, so change the role, or let a person decide whether "
            "the condition is right.",
            lacks=lacks,
        )
    mine, theirs = account_of(request.role_arn), account_of(request.provider_arn)
    if mine and theirs and mine != theirs:
        return say(
            "The provider is in account {theirs} and the role in {mine}; no trust policy helps. "
            "Create an OIDC provider for the same issuer in account {mine}.",
            theirs=theirs,
            mine=mine,
        )
    return None


def _lacks(decision: Decision) -> str:
    """What the nearest statement demands of the role and the role lacks; empty where that is nothing."""
    of_role = (
        r.words
        for r in decision.reasons
        if r.statement == decision.statement and r.mismatch is Mismatch.ROLE
    )
    return joined(of_role, " ")


def passes_quota(held: TrustPolicy, size: int) -> bool:
    """Whether a size is more than IAM takes, as far as is known: what it holds already, it took."""
    return size > max(QUOTA, held.size)


def _done(  # noqa: PLR0917  as the fields of Repair, after what IAM holds
    held: TrustPolicy,
    policy: TrustPolicy,
    changes: tuple[Change, ...],
    before: Outcome,
    after: Outcome,
    blocked: str | None,
) -> Repair:
    size = policy.size
    return Repair(
        policy=policy,
        changes=changes,
        before=before,
        after=after,
        blocked=blocked,
        size=size,
        exceeds_quota=passes_quota(held, size),
    )


def _stuck(policy: TrustPolicy, before: Outcome, blocked: str) -> Repair:
    size = policy.size
    return Repair(
        policy=None,
        changes=(),
        before=before,
        after=before,
        blocked=blocked,
        size=size,
        exceeds_quota=passes_quota(policy, size),
    )
