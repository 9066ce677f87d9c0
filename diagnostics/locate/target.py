"""One clear target, or the question that makes it clear."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.errors import ReadError
from diagnostics.evidence import Target
from diagnostics.evidence.trust_names import trusted_subjects
from diagnostics.iam.subject import Subject
from diagnostics.languages import Words, say
from diagnostics.locate.callers import PROOF, merged
from diagnostics.locate.cloudtrail import Recorded, recorded
from diagnostics.locate.clues import clues_of
from diagnostics.locate.cluster import SEARCHED, clusters_of
from diagnostics.locate.question import no_such_cluster, which_one
from diagnostics.locate.workload import Scored, best, search

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.case import Case, Question
    from diagnostics.clients import Clients
    from diagnostics.fleet import WorkloadRef
    from diagnostics.locate.clues import Clues
    from diagnostics.locate.cluster import Guess

_ENOUGH = 5
"""With fewer points not even a lone candidate is taken without asking."""
_TRAIL_SECONDS = 6.0
_WORKLOAD_SECONDS = 3.0
"""For naming the workload of a target that is known: worth a look, and no reason to ask what it is about."""
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
    refused = no_such_cluster(case, io.fleet)
    if refused is not None:
        return refused
    try:
        async with asyncio.timeout(patience):
            return await _locate(clues, io, now)
    except TimeoutError:
        return which_one(clues, (), (say("The search took too long."),))


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
    return which_one(clues, candidates, troubles, guesses)


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
    """The channel's cluster settles what else is equal; a name that is merely alike stays a matter to ask."""
    if one.target.cluster != clues.default_cluster:
        return one
    raised = one.score + _CLEAR
    return replace(one, score=raised if one.score >= _ENOUGH else min(raised, _ENOUGH - 1))


def _by_trust(clues: Clues, guesses: tuple[Guess, ...], subjects: frozenset[str]) -> Target | None:
    """The one service account that the named role trusts, which does not exist where it should."""
    if len(subjects) != 1 or not (guesses[0].trusted or guesses[0].sure):
        return None
    subject = Subject.parse(next(iter(subjects)))
    if subject is None:
        return None
    target = _target(clues, guesses[0], subject.namespace, subject.name, clues.workload)
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


async def _with_workload(target: Target, clues: Clues, io: Clients) -> Target:
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
