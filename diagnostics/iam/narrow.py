"""Hardening: the same access for this service account, none for those who were let in by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from diagnostics.iam.added import literal
from diagnostics.iam.decide import decide
from diagnostics.iam.decision import Outcome
from diagnostics.iam.draft import Draft
from diagnostics.iam.json_text import escape
from diagnostics.iam.lifeless import claim_of
from diagnostics.iam.parse import from_document
from diagnostics.iam.repair import Repair, passes_quota
from diagnostics.iam.target import Target
from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.iam.condition import Condition
    from diagnostics.iam.json_text import Json
    from diagnostics.iam.policy import TrustPolicy
    from diagnostics.iam.request import WebIdentityRequest
    from diagnostics.iam.statement import Statement


def narrow(policy: TrustPolicy, request: WebIdentityRequest) -> Repair | None:
    """Close what the statement that allows a call leaves open, or return None where it leaves nothing.

    A missing subject or audience is added, wildcards that cover the subject are replaced by it. Others lose
    access by this, which is the point; show it apart from a correction.
    """
    decision = decide(policy, request)
    target = Target.of(request)
    if decision.outcome is not Outcome.ALLOWED or isinstance(target, str):
        return None
    statement = policy.statements[decision.statement or 0]
    draft = Draft.of(policy, statement.index)
    for claim in ("sub", "aud"):
        _close(draft, policy, statement, target, claim)
    if not draft.changes:
        return None
    fixed = from_document(draft.document)
    after = decide(fixed, request).outcome
    if after is not Outcome.ALLOWED:
        return None
    size = fixed.size
    return Repair(
        policy=fixed,
        changes=tuple(draft.changes),
        before=decision.outcome,
        after=after,
        blocked=None,
        size=size,
        exceeds_quota=passes_quota(policy, size),
    )


def _close(
    draft: Draft, policy: TrustPolicy, statement: Statement, target: Target, claim: str
) -> None:
    wanted = target.value(claim)
    if wanted is None:
        return
    asked = [
        c
        for c in statement.conditions
        if claim_of(c, target) == claim and not c.base.negated and c.base.name.startswith("String")
    ]
    body = draft.body(statement.index)
    if not asked:
        blocks = cast("dict[str, Json]", body.setdefault("Condition", {}))
        exact = cast("dict[str, Json]", blocks.setdefault("StringEquals", {}))
        key = target.key(claim)
        exact[key] = literal(wanted, variables=policy.version == "2012-10-17")
        draft.record(
            f"{statement.pointer}/Condition/StringEquals/{escape(key)}",
            None,
            exact[key],
            say(
                "Ask for the subject: without it every service account of the cluster may assume the role."
            )
            if claim == "sub"
            else say(
                "Ask for the audience: without it a token made for another service may be used."
            ),
        )
        return
    for condition in asked:
        if condition.base.name == "StringLike":
            _unwild(draft, body, condition, wanted)


def _unwild(draft: Draft, body: dict[str, Json], condition: Condition, wanted: str) -> None:
    wild = [v for v in condition.values if "*" in v or "?" in v]
    if not wild or "*" in wanted or "?" in wanted or any("${" in v for v in wild):
        return
    blocks = cast("dict[str, Json]", body["Condition"])
    block = cast("dict[str, Json]", blocks[condition.operator])
    kept = [v for v in condition.values if v not in wild]
    values: list[str] = kept if wanted in kept else [*kept, wanted]
    before = block[condition.key]
    after: Json = values[0] if len(values) == 1 and isinstance(before, str) else list(values)
    block[condition.key] = after
    draft.record(
        condition.pointer,
        before,
        after,
        say(
            "Name the value instead of the wildcard {wild}, which lets others in too.",
            wild=", ".join(wild[:3]),
        ),
        cost=len(wild),
    )
