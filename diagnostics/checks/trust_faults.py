"""Which codes a trust policy's refusal amounts to: the reasons of its nearest statement, sorted by kind."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.checks import role_demands
from diagnostics.checks.places import of_trust
from diagnostics.checks.trust_words import right_key, stray, wanted_subject
from diagnostics.checks.values_under_wrong_keys import OF_KEYS, read_past_keys
from diagnostics.evidence import Unreadable
from diagnostics.evidence.trust_names import trusted_providers
from diagnostics.iam import decide
from diagnostics.iam.decision import Decision, Mismatch, Outcome
from diagnostics.iam.provider_form import fault_of
from diagnostics.languages import as_clause, joined, say, sentence
from diagnostics.result import Finding
from diagnostics.text.clip import clip, listed
from diagnostics.text.difference import difference
from diagnostics.wiring import Pass, Skip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diagnostics.evidence import IamRole, ServiceAccount
    from diagnostics.evidence.derived import TrustAnswer
    from diagnostics.iam.decision import Reason
    from diagnostics.wiring import Judgement

_CODES: Mapping[Mismatch, str] = {
    Mismatch.ACTION: "IRSA403",
    Mismatch.PROVIDER: "IRSA404",
    Mismatch.PROVIDER_FORM: "IRSA404",
    Mismatch.SUBJECT_NAMESPACE: "IRSA405",
    Mismatch.SUBJECT_BOTH: "IRSA405",
    Mismatch.SUBJECT_NAME: "IRSA406",
    Mismatch.SUBJECT_FORM: "IRSA407",
    Mismatch.SUBJECT_CASE: "IRSA407",
    Mismatch.AUDIENCE: "IRSA408",
    Mismatch.SWAPPED: "IRSA408",
    Mismatch.KEY_ISSUER: "IRSA410",
    Mismatch.KEY_FORM: "IRSA410",
    Mismatch.WILDCARD_LITERAL: "IRSA411",
    Mismatch.CONTRADICTION: "IRSA412",
    Mismatch.EXCLUDED: "IRSA412",
    Mismatch.DENY: "IRSA413",
    Mismatch.KEY_ABSENT: "IRSA415",
    Mismatch.ROLE: "IRSA415",
    Mismatch.CONDITION: "IRSA415",
}
_OPEN = frozenset({Mismatch.UNKNOWN, Mismatch.UNDOCUMENTED})


def faults(answer: TrustAnswer, role: IamRole) -> Mapping[str, tuple[Reason, ...]]:
    """The reasons of the statement that came nearest, by code; none where the policy lets the call in.

    Beside a Deny stand the faults of what would allow the call, so that they don't come as news once it is gone.
    """
    decision = answer.decision
    if decision.outcome is Outcome.EXPLICIT_DENY:
        denying = tuple(r for r in decision.reasons if r.mismatch is Mismatch.DENY)
        return {
            "IRSA413": denying or decision.reasons[:1],
            **_refused(_without_denies(answer, role), answer, role),
        }
    return _refused(decision, answer, role)


def _without_denies(answer: TrustAnswer, role: IamRole) -> Decision:
    """What the policy would say if it had no Deny."""
    if role.trust is None:
        return Decision(outcome=Outcome.UNDECIDED)
    allows = tuple(statement for statement in role.trust.statements if statement.allow)
    return decide(replace(role.trust, statements=allows), answer.request)


def _refused(
    decision: Decision, answer: TrustAnswer, role: IamRole
) -> Mapping[str, tuple[Reason, ...]]:
    """The faults of the statement that came nearest to letting the call in."""
    if decision.outcome in (Outcome.ALLOWED, Outcome.UNDECIDED):
        return {}
    near = decision.statement
    if near is None and decision.reasons:
        near = decision.reasons[0].statement
    reasons = tuple(r for r in decision.reasons if r.statement == near)
    kinds = {r.mismatch for r in reasons}
    if not reasons:
        return {"IRSA402": ()}
    if Mismatch.PRINCIPAL_KIND in kinds:
        of_kind = tuple(r for r in reasons if r.mismatch is Mismatch.PRINCIPAL_KIND)
        provider = any("oidc-provider/" in value for r in of_kind for value in r.trusted)
        return {"IRSA404" if provider else "IRSA402": of_kind}
    if Mismatch.PROVIDER in kinds and len(trusted_providers(role)) > 1:
        return {"IRSA414": tuple(r for r in reasons if r.mismatch is Mismatch.PROVIDER)}
    past = read_past_keys(role.trust, answer.request, reasons) if role.trust else ()
    sorted_out: dict[str, tuple[Reason, ...]] = {}
    for reason in (*reasons, *past):
        if reason.mismatch not in _OPEN:
            code = _CODES.get(reason.mismatch, "IRSA415")
            sorted_out[code] = (*sorted_out.get(code, ()), reason)
    # A refusal is never without a code, whatever the reasons are.
    return sorted_out or {"IRSA415": reasons}


def judge_fault(
    code: str, answer: TrustAnswer, role: IamRole, headline: Callable[[Reason | None], str]
) -> Judgement:
    """Fail where the refusal amounts to this code, and pass where it doesn't.

    Args:
        code: The check's own code.
        answer: What the policy says.
        role: The role.
        headline: Words for the first reason of this code.
    """
    outcome = answer.decision.outcome
    if outcome is Outcome.UNDECIDED:
        return Skip(
            say(
                "the policy's answer hangs on {undecided}",
                undecided=", ".join(answer.decision.undecided)[:200],
            )
        )
    found = faults(answer, role).get(code)
    if found is None:
        return Pass()
    return fault(answer, role, found, headline(found[0] if found else None))


def fault(
    answer: TrustAnswer, role: IamRole, reasons: tuple[Reason, ...], headline: str
) -> Finding:
    """Write up one kind of mismatch of the trust policy."""
    first = reasons[0] if reasons else None
    if first is not None and first.mismatch is Mismatch.ROLE:
        return Finding(
            headline=headline,
            place=of_trust(role, first.pointer),
            seen=role_demands.has(first),
            wanted=role_demands.demanded(first),
            why="",
            next=role_demands.next_step(first),
            commands=role_demands.commands(first, role),
        )
    return Finding(
        headline=headline,
        place=of_trust(role, first.pointer if first else "/Statement"),
        seen=_seen(role, reasons),
        wanted=_wanted(answer, reasons),
        why="",
        next=_next(answer, first),
        note=_note(first),
    )


def _seen(role: IamRole, reasons: tuple[Reason, ...]) -> str:
    if reasons and reasons[0].mismatch is Mismatch.DENY and role.trust is not None:
        raw = role.trust.document["Statement"]
        bodies = raw if isinstance(raw, list) else [raw]
        return clip(json.dumps(bodies[reasons[0].statement]))
    if reasons and reasons[0].mismatch in OF_KEYS:
        return listed(dict.fromkeys(r.key for r in reasons if r.key))
    return listed(dict.fromkeys(value for r in reasons for value in r.trusted))


def _wanted(answer: TrustAnswer, reasons: tuple[Reason, ...]) -> str:
    first = reasons[0] if reasons else None
    if first is None:
        return say(
            "a statement that trusts {provider_arn}", provider_arn=answer.request.provider_arn
        )
    if first.mismatch in OF_KEYS:
        return listed(dict.fromkeys(right_key(answer, r.key or "") for r in reasons))
    if first.mismatch is Mismatch.EXCLUDED:
        return say("no {value} under {operator}", value=first.presented, operator=first.operator)
    if first.mismatch is Mismatch.DENY:
        return say("a Deny that spares {wanted_subject}", wanted_subject=wanted_subject(answer))
    if first.mismatch is Mismatch.KEY_ABSENT:
        return say("no condition on {key}", key=first.key)
    return clip(first.presented or wanted_subject(answer))


def _note(first: Reason | None) -> str | None:
    """What the two values beside each other don't show, in one sentence."""
    if first is None:
        return None
    said: str | None = None
    match first.mismatch:
        case Mismatch.WILDCARD_LITERAL:
            said = say(
                "If all that the wildcard stands for is meant, put it under StringLike instead"
            )
        case Mismatch.PRINCIPAL_KIND:
            said = say("A web identity is matched only by a provider under Federated")
        case Mismatch.PROVIDER_FORM:
            said = next((fault for value in first.trusted if (fault := fault_of(value))), None)
        case Mismatch.KEY_ABSENT | Mismatch.KEY_FORM | Mismatch.KEY_ISSUER | Mismatch.SWAPPED:
            return None  # The headline says it.
        case Mismatch.SUBJECT_FORM | Mismatch.SUBJECT_CASE if stray(first):
            return None
        case Mismatch.EXCLUDED:
            said = say("It may be left out on purpose: ask the role's owner first")
        case Mismatch.CONTRADICTION:
            said = first.words.partition(";")[0] if "No value" in first.words else first.words
    if said is None and first.presented is not None and len(first.trusted) == 1:
        said = difference(first.trusted[0], first.presented)
    return sentence(clip(said, _NOTE)) if said else None


_NOTE = 200


def _next(answer: TrustAnswer, first: Reason | None) -> str:
    """The correction; beside a Deny there is none that is certain of what would allow the call."""
    denied = answer.decision.outcome is Outcome.EXPLICIT_DENY
    if denied and (first is None or first.mismatch is not Mismatch.DENY):
        return say("Ask the role's owner how its trust policy should change; no edit is certain.")
    return next_change(answer)


def next_change(answer: TrustAnswer) -> str:
    """The correction in one sentence, or why there is none."""
    repair = answer.repair
    if repair is None:
        return say("No change to the trust policy is needed.")
    if repair.blocked is not None:
        return (
            say("Ask the owner of the Deny whether it should spare this service account.")
            if answer.decision.outcome is Outcome.EXPLICIT_DENY
            else say("Ask the role's owner how its trust policy should change; no edit is certain.")
        )
    said = [as_clause(words) for words in dict.fromkeys(c.words for c in repair.changes)]
    if not said:
        return say("Apply the corrected trust policy.")
    more = (
        say(", and {said} more as the diff shows", said=len(said) - _SAID)
        if len(said) > _SAID
        else ""
    )
    changes = joined(said[:_SAID], "; ")
    return say("In the trust policy, {changes}{more}.", changes=changes, more=more)


_SAID = 2


def lets_in(
    answer: TrustAnswer | Unreadable | None, account: ServiceAccount | Unreadable | None
) -> bool:
    """Whether the annotated role's trust policy lets the service account in, so that it must be something else."""
    return (
        not isinstance(answer, Unreadable)
        and answer is not None
        and answer.decision.outcome is Outcome.ALLOWED
        and (isinstance(account, Unreadable) or bool(account and account.role_arn))
    )
