"""Results to diagnosis: the root cause, what follows from it, and what is left unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diagnostics.arn import RoleArn
from diagnostics.evidence import Cluster, IamRole, Target
from diagnostics.evidence.derived import Now, RoleInQuestion, Subject, TrustAnswer
from diagnostics.explain.asking import asked
from diagnostics.explain.correction import correct, harden
from diagnostics.explain.offered import offered, own_fixes, touched
from diagnostics.explain.order import explained, leading
from diagnostics.explain.proved import held_against
from diagnostics.explain.values import value_of
from diagnostics.languages import Words, joined, say, sentence, shortened
from diagnostics.proof.answer import Proof
from diagnostics.recognize.symptom import Cause, Kind, Symptom
from diagnostics.result import HEADLINE, Diagnosis, Result, Severity, Status, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.fix.correction import PolicyCorrection
    from diagnostics.fleet import Fleet
    from diagnostics.gather.graph import Facts
    from diagnostics.journal import Call

KEY = frozenset(
    f"IRSA{code}" for code in (102, 103, 105, 201, 301, 304, *range(401, 409), *range(410, 416))
)
"""Checks without whose answer nobody can be called healthy."""

_WRONG_ROLE = frozenset({"IRSA104", "IRSA401"})
_OF_TRUST = frozenset(f"IRSA{code}" for code in (*range(402, 408), *range(410, 416)))
"""What a trust policy can be at fault with, but for its audience."""
_HARDENING = frozenset({"IRSA409", "IRSA416"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policies:
    """What can be said about the trust policy beside the verdict."""

    correction: PolicyCorrection | None = None
    blocked: str | None = None
    hardening: PolicyCorrection | None = None


def explain(
    facts: Facts,
    results: tuple[Result, ...],
    *,
    calls: tuple[Call, ...],
    finished: datetime,
    fixes_blocked: str | None = None,
    fleet: Fleet | None = None,
) -> Diagnosis:
    """Name the one root cause and put everything else in relation to it.

    Args:
        facts: What was read; `Target` and `Now` among them.
        results: One per check.
        calls: Every call made.
        finished: When the last answer came.
        fixes_blocked: Why nothing can be changed in the cluster, if so.
        fleet: Says in which accounts trust policies may be written; none without.

    Raises:
        ValueError: The facts hold no target, or no time.
    """
    target, now = value_of(facts, Target), value_of(facts, Now)
    if target is None or now is None:
        raise ValueError("a diagnosis needs its target and its time")
    symptom = value_of(facts, Symptom)
    results, roots = _related(results, symptom)
    root = roots[0] if roots else None
    proof, question = value_of(facts, Proof), value_of(facts, RoleInQuestion)
    verdict, headline, advice = held_against(
        _verdict(root, results, symptom, target, question), proof
    )
    policies = _policies(facts, results)
    role, cluster = value_of(facts, IamRole), value_of(facts, Cluster)
    subject = value_of(facts, Subject)
    return Diagnosis(
        target=target,
        symptom=symptom,
        verdict=verdict,
        headline=headline,
        advice=advice,
        results=results,
        root=root,
        correction=policies.correction,
        correction_blocked=policies.blocked,
        hardening=policies.hardening,
        role_arn=role.arn if role else (str(question.arn) if question else None),
        subject=subject.value if subject else None,
        issuer=cluster.issuer if cluster else None,
        fixes=offered(
            facts,
            target,
            roots,
            correction=policies.correction,
            in_cluster=not fixes_blocked,
            fleet=fleet,
        ),
        impact=touched(facts, target),
        fixes_blocked=fixes_blocked if own_fixes(roots) else None,
        ask=_ask(facts, results, calls, fleet) if verdict is Verdict.NOT_ENOUGH_EVIDENCE else (),
        text_at=now.text_at,
        proof=proof,
        calls=calls,
        started=now.at,
        seconds=max((finished - now.at).total_seconds(), 0.0),
    )


def _ask(
    facts: Facts, results: tuple[Result, ...], calls: tuple[Call, ...], fleet: Fleet | None
) -> tuple[str, ...]:
    target, role = value_of(facts, Target), value_of(facts, RoleInQuestion)
    cluster = value_of(facts, Cluster)
    if target is None or fleet is None:
        return ()
    return asked(
        target,
        results,
        calls=calls,
        role=role.arn if role else None,
        issuer=cluster.issuer if cluster else None,
        fleet=fleet,
    )


def _related(
    results: tuple[Result, ...], symptom: Symptom | None
) -> tuple[tuple[Result, ...], tuple[Result, ...]]:
    """The results, each consequence with its cause; and the causes of their own, the first to mend in front."""
    order = {code: rank for rank, code in enumerate(leading(symptom))}
    failed = frozenset(r.code for r in results if _is_cause(r))
    follows = explained(failed)
    roots = [r for r in results if r.code in failed and r.code not in follows]
    return (
        tuple(
            replace(r, follows_from=follows[r.code]) if r.code in follows else r for r in results
        ),
        tuple(sorted(roots, key=lambda r: order.get(r.code, len(order)))),
    )


def _is_cause(result: Result) -> bool:
    return result.status is Status.FAIL and result.severity is Severity.CAUSE


def _verdict(
    root: Result | None,
    results: tuple[Result, ...],
    symptom: Symptom | None,
    target: Target,
    question: RoleInQuestion | None,
) -> tuple[Verdict, str, str | None]:
    if root is not None and root.finding is not None:
        return Verdict.CAUSE_FOUND, root.finding.headline, None
    unread = {r.code: r for r in results if r.status is Status.ERROR and r.code in KEY}
    if unread:
        first = next(iter(unread.values()))
        unread_words = joined(
            (said for said in (sentence(first.reason), sentence(first.enable)) if said is not None),
            " ",
        )
        return (
            Verdict.NOT_ENOUGH_EVIDENCE,
            say("Not enough could be read to name a cause"),
            unread_words,
        )
    name = target.service_account or str(target.workload or "*")
    healthy = shortened(
        say("Every link of the chain is right for {account}", account=f"{target.namespace}/{name}"),
        HEADLINE,
    )
    other = _not_checked(target, question)
    if symptom is None or symptom.kind is not Kind.WEB_IDENTITY:
        return Verdict.HEALTHY, healthy, other
    advice: Words = say(
        "What failed has been fixed since, or the change is still spreading through IAM. Wait a few "
        "minutes and check again."
    )
    if other is not None:
        advice = joined((other, advice), " ")
    elif symptom.cause is Cause.ACCESS_DENIED:
        advice += say(" If it goes on, an organization's policy may refuse the call.")
    return Verdict.HEALTHY, healthy, advice


def _not_checked(target: Target, question: RoleInQuestion | None) -> Words | None:
    """Say that another role was named than the one that the service account has, which alone was judged."""
    named = RoleArn.parse(target.role_arn) if target.role_arn else None
    if named is None or question is None or question.arn == named:
        return None
    return say(
        "The service account has {role}; {named}, which the error or the question names, was not checked.",
        role=question.arn,
        named=named,
    )


def _policies(facts: Facts, results: tuple[Result, ...]) -> _Policies:
    role, answer = value_of(facts, IamRole), value_of(facts, TrustAnswer)
    failed = {r.code for r in results if r.status is Status.FAIL}
    if role is None or answer is None or failed & _WRONG_ROLE:
        return _Policies()
    if "IRSA108" in failed and not failed & _OF_TRUST:
        # Its fix takes the audience back; a policy that lets it in would be the opposite one.
        return _Policies()
    correction, blocked = correct(role, answer)
    return _Policies(
        correction=correction,
        blocked=blocked,
        hardening=harden(role, answer) if failed & _HARDENING else None,
    )
