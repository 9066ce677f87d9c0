"""One clear target, or the question that makes it clear."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from diagnostics.case import Candidate, Case, Question
from diagnostics.errors import ReadError
from diagnostics.evidence import Target
from diagnostics.explain.words import nearest
from diagnostics.fleet import Hints
from diagnostics.gather.trust_reading import trusted_subjects
from diagnostics.languages import Words, as_sentence, joined, say
from diagnostics.locate.cloudtrail import PROOF, Recorded, merged, recorded
from diagnostics.locate.clues import clues_of
from diagnostics.locate.cluster import SEARCHED, clusters_of
from diagnostics.locate.naming import clusters_named
from diagnostics.locate.workload import Scored, best, search

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.clients import Clients
    from diagnostics.fleet import WorkloadRef
    from diagnostics.locate.clues import Clues
    from diagnostics.locate.cluster import Guess

_ENOUGH = 5
"""With fewer points not even a lone candidate is taken without asking."""
_TRAIL_SECONDS = 6.0
_WORKLOAD_SECONDS = 3.0
"""For naming the workload of a target that is known: worth a look, and no reason to ask what it is about."""
_NAMED = 10
"""Clusters of the fleet that a question names."""
_CLEAR = 3
"""By so many points the best candidate must lead to be taken without asking."""


async def locate(
    case: Case, io: Clients, *, patience: float, now: datetime | None = None
) -> Target | Question:
    """Find the one service account that a case is about, or ask.

    Args:
        case: The failure with what is known beside it.
        io: The clients.
        patience: Seconds after which the search ends in a question.
        now: The time, with its zone; without it CloudTrail is not asked.
    """
    clues = clues_of(case)
    refused = _unusable(case, io)
    if refused is not None:
        return refused
    try:
        async with asyncio.timeout(patience):
            return await _locate(clues, io, now)
    except TimeoutError:
        return _ask(clues, (), (say("The search took too long."),))


def _unusable(case: Case, io: Clients) -> Question | None:
    """A cluster that a person named and that the fleet does not have ends the search at once."""
    name = case.hints.cluster
    known = [c.name for c in io.fleet.clusters]
    if not known:
        return Question(text=say("The fleet file names no cluster yet."), missing=("cluster",))
    if name is None or clusters_named(name, io.fleet):
        return None
    meant = nearest(name, known)
    shown: Words = ", ".join(sorted(known)[:_NAMED])
    if len(known) > _NAMED:
        shown = say("{names}, and {count} more", names=shown, count=f"{len(known) - _NAMED:,}")
    cluster = repr(name[:100])
    return Question(
        text=say(
            "Cluster {cluster} is neither in the fleet file nor found by EKS; did you mean {meant}? Known: {known}.",
            cluster=cluster,
            meant=meant,
            known=shown,
        )
        if meant
        else say(
            "Cluster {cluster} is neither in the fleet file nor found by EKS. Known: {known}.",
            cluster=cluster,
            known=shown,
        ),
        missing=("cluster",),
        known=Hints(
            namespace=case.hints.namespace,
            service_account=case.hints.service_account,
            workload=case.hints.workload,
            role_arn=case.hints.role_arn,
        ),
    )


async def _locate(clues: Clues, io: Clients, now: datetime | None) -> Target | Question:
    guesses = await clusters_of(clues, io)
    straight = _straight(clues, guesses)
    if straight is not None:
        return await _with_workload(straight, clues, io)
    issuers, subjects = await _trusted(clues, io)
    if not guesses[0].sure and issuers:
        guesses = await clusters_of(clues, io, more=issuers)
    candidates: tuple[Scored, ...] = ()
    troubles: tuple[Words, ...] = ()
    for round_ in _rounds(guesses):
        found = await asyncio.gather(*(search(guess, clues, subjects, io) for guess in round_))
        troubles += tuple(s.trouble for s in found if s.trouble)
        new = (_weighed(one, clues) for searched in found for one in searched.candidates)
        candidates = best((*candidates, *new))
        if candidates and _clear(candidates):
            return candidates[0].target
    trail = await _trail(clues, guesses, io, now)
    if trail.candidates:
        candidates = best(merged(candidates, trail.candidates))
        if _clear(candidates) or candidates[0].score >= PROOF:
            return await _with_workload(candidates[0].target, clues, io)
    troubles = (*trail.troubles, *troubles)
    if not candidates:
        fallback = _by_default(clues, guesses) or _by_trust(clues, guesses, subjects)
        if fallback is not None:
            return await _with_workload(fallback, clues, io)
    if len(guesses) > SEARCHED:
        troubles = (
            *troubles,
            say(
                "Only {searched} of {count} clusters were searched.",
                searched=SEARCHED,
                count=len(guesses),
            ),
        )
    return _ask(clues, candidates, troubles, guesses)


async def _trail(
    clues: Clues, guesses: tuple[Guess, ...], io: Clients, now: datetime | None
) -> Recorded:
    """What CloudTrail adds; a lookup that takes long is given up, and what else was found is kept."""
    if now is None:
        return Recorded()
    try:
        async with asyncio.timeout(_TRAIL_SECONDS):
            return await recorded(clues, guesses, io, now=now)
    except TimeoutError:
        return Recorded(troubles=(say("CloudTrail did not answer in time."),))


def _rounds(guesses: tuple[Guess, ...]) -> tuple[tuple[Guess, ...], ...]:
    """The clusters that something speaks for first; the rest of the fleet only if those settle nothing."""
    hinted = tuple(g for g in guesses if g.hinted)[:SEARCHED]
    others = tuple(g for g in guesses if not g.hinted)[: SEARCHED - len(hinted)]
    return tuple(part for part in (hinted, others) if part)


def _weighed(one: Scored, clues: Clues) -> Scored:
    """The channel's cluster settles what else is equal."""
    if one.target.cluster != clues.default_cluster:
        return one
    return Scored(target=one.target, reason=one.reason, score=one.score + _CLEAR)


def _by_trust(clues: Clues, guesses: tuple[Guess, ...], subjects: frozenset[str]) -> Target | None:
    """The one service account that the named role trusts, which does not exist where it should."""
    if len(subjects) != 1 or not (guesses[0].trusted or guesses[0].sure):
        return None
    parts = next(iter(subjects)).split(":")
    if len(parts) != len(["system", "serviceaccount", "namespace", "name"]):
        return None
    names = clues_of(Case(hints=Hints(namespace=parts[2], service_account=parts[3])))
    if names.namespace is None or names.service_account is None:
        return None
    target = _target(clues, guesses[0], names.namespace, names.service_account, clues.workload)
    return replace(
        target, how=(*target.how, say("service account that the role's trust policy names"))
    )


def _clear(candidates: tuple[Scored, ...]) -> bool:
    first = candidates[0].score
    return first >= _ENOUGH and (len(candidates) == 1 or first >= candidates[1].score + _CLEAR)


def _straight(clues: Clues, guesses: tuple[Guess, ...]) -> Target | None:
    """A target that needs no search: the cluster is sure, and the rest is named."""
    guess = guesses[0]
    if not guess.sure and clues.default_cluster != guess.entry.name:
        return None
    if clues.namespace is None or (clues.service_account is None and clues.workload is None):
        return None
    return _target(clues, guess, clues.namespace, clues.service_account, clues.workload)


def _by_default(clues: Clues, guesses: tuple[Guess, ...]) -> Target | None:
    """The channel's namespace, where nothing better was found for a named service account."""
    guess = guesses[0]
    if not guess.sure and clues.default_cluster != guess.entry.name:
        return None
    namespace = clues.namespace or clues.default_namespace
    account = clues.service_account or clues.default_service_account
    workload = clues.workload or clues.default_workload
    if namespace is None or (account is None and workload is None):
        return None
    return _target(clues, guess, namespace, account, workload)


def _target(
    clues: Clues,
    guess: Guess,
    namespace: str,
    account: str | None,
    workload: WorkloadRef | None,
) -> Target:
    how = list(clues.said)
    how.append(guess.how)
    named = clues.service_account or clues.workload
    if clues.namespace is None:
        how.append(say("namespace from {source}", source=clues.default_from))
    return Target(
        cluster=guess.entry.name,
        namespace=namespace,
        service_account=account,
        workload=workload,
        role_arn=str(clues.role) if clues.role else None,
        how=tuple(dict.fromkeys(how)),
        found=not guess.sure or clues.namespace is None or named is None,
    )


async def _with_workload(target: Target, clues: Clues, io: Clients) -> Target | Question:
    """Add the workload that the error names, so that its service account can be compared."""
    if target.workload is not None or clues.workload_name is None:
        return target
    try:
        async with asyncio.timeout(_WORKLOAD_SECONDS):
            workloads = await io.kubernetes(target.cluster).workloads(target.namespace)
    except (ReadError, TimeoutError):
        return target  # the diagnosis states that the cluster can't be read
    for workload in workloads:
        if workload.name == clues.workload_name:
            how = (*target.how, say("{name} from the error", name=workload.ref))
            return replace(target, workload=workload.ref, how=how)
    return target


async def _trusted(clues: Clues, io: Clients) -> tuple[tuple[str, ...], frozenset[str]]:
    """Issuers and subjects that the named role's trust policy lists, where it can be read."""
    if clues.role is None:
        return (), frozenset()
    try:
        role = await io.aws(clues.role.account).role(clues.role.name)
    except ReadError:
        return (), frozenset()
    pairs = trusted_subjects(role) if role is not None else ()
    issuers = tuple(dict.fromkeys(issuer for issuer, _ in pairs))
    return issuers, frozenset(subject for _, subject in pairs)


def _ask(
    clues: Clues,
    candidates: tuple[Scored, ...],
    troubles: tuple[Words, ...],
    guesses: tuple[Guess, ...] = (),
) -> Question:
    sure = guesses[0].entry.name if guesses and guesses[0].sure else None
    cluster = clues.cluster if clues.cluster and sure == clues.cluster else sure
    missing = [
        what
        for what, value in (
            ("cluster", cluster),
            ("namespace", clues.namespace),
            ("service_account", clues.service_account or clues.workload),
        )
        if value is None
    ]
    if len(candidates) > 1:
        text = say("Several service accounts fit; which one is it?")
    elif candidates:
        text = say("One service account may fit; is this the one?")
    else:
        text = say("I can't tell which {parts} this is about.", parts=_parts(missing))
    return Question(
        text=joined((text, *(t if t.endswith(".") else as_sentence(t) for t in troubles[:3])), " "),
        missing=tuple(missing) or ("service_account",),
        candidates=tuple(Candidate(target=c.target, reason=c.reason) for c in candidates),
        known=Hints(
            cluster=cluster,
            namespace=clues.namespace,
            service_account=clues.service_account,
            workload=clues.workload,
            role_arn=str(clues.role) if clues.role else None,
        ),
    )


def _parts(missing: list[str]) -> Words:
    names = [_PARTS[one] for one in missing] or [_PARTS["service_account"]]
    if len(names) == 1:
        return names[0]
    return say("{some} and {last}", some=joined(names[:-1], ", "), last=names[-1])


_PARTS: Final = {
    "cluster": say("cluster"),
    "namespace": say("namespace"),
    "service_account": say("service account"),
}
