"""From a case to its diagnosis, in reading order: locate, gather, check, explain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from diagnostics.case import Question
from diagnostics.checks.catalogue import catalogue
from diagnostics.checks.run import judge
from diagnostics.evidence import Absent, Found, Target
from diagnostics.evidence.derived import Now
from diagnostics.explain.cause import explain
from diagnostics.explain.writable import writable
from diagnostics.gather.catalogue import probes
from diagnostics.gather.graph import gather
from diagnostics.gather.once import OnceClients
from diagnostics.languages import say
from diagnostics.locate.target import locate
from diagnostics.proof.answer import Proof
from diagnostics.recognize.symptom import Symptom

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from diagnostics.case import Case
    from diagnostics.clients import Clients
    from diagnostics.journal import Call
    from diagnostics.result import Diagnosis
    from diagnostics.wiring import Fact

_LOCATING = 0.5
"""The share of the deadline after which the search for the target ends in a question."""


async def diagnose(
    case: Case,
    io: Clients,
    *,
    now: Callable[[], datetime],
    progress: Callable[[str], None] | None = None,
    deadline: float = 25.0,
    text_at: datetime | None = None,
) -> Diagnosis | Question:
    """Explain one failure, or ask what it is about.

    What can't be read is stated in the results; nothing that the clients raise escapes.

    Args:
        case: The failure.
        io: The fleet's clients.
        now: The time, with its zone.
        progress: Told in a few words what is being done.
        deadline: Seconds for everything; what has not arrived by then is stated as unread.
        text_at: When the text was first diagnosed, where this is not the first time.
    """
    started = now()
    clock = asyncio.get_running_loop().time
    ends = clock() + deadline
    once = OnceClients(io)
    try:
        if progress is not None:
            progress("finding the service account")
        target = await locate(case, once, patience=deadline * _LOCATING, now=started)
        if isinstance(target, Question):
            return writable(target)
        given: dict[type, Fact] = {
            Target: Found(value=target),
            Now: Found(value=Now(at=started, text_at=_text_at(case, text_at or started))),
            Symptom: Found(value=case.symptom) if case.symptom else Absent(),
        }
        left = max(ends - clock(), 0.1)
        facts = await gather(probes(), given, once, deadline=left, progress=progress)
        results = judge(catalogue(), facts)
        answer = explain(
            facts,
            results,
            calls=_made(once, facts.get(Proof)),
            finished=now(),
            fixes_blocked=_blocked(target, io),
            fleet=io.fleet,
        )
        return writable(answer)
    finally:
        await once.memory.close()


def _made(once: OnceClients, proof: Fact | None) -> tuple[Call, ...]:
    """Every call, oldest first: what was asked once, and the proof, which is made anew each time."""
    proving = () if proof is None else proof.calls
    every = {id(call): call for call in (*once.memory.calls, *proving)}
    return tuple(sorted(every.values(), key=lambda call: call.at))


def _text_at(case: Case, seen: datetime) -> datetime | None:
    """When the text was true: what it says itself, unless that is later than it was seen."""
    if case.symptom is None:
        return None
    stated = case.symptom.at
    return min(stated, seen) if stated is not None and stated.tzinfo is not None else seen


def _blocked(target: Target, io: Clients) -> str | None:
    """Why nothing can be changed in the target's cluster, if so."""
    account = io.fleet.account(io.fleet.cluster(target.cluster).account)
    if account.fix_role is not None:
        return None
    return say(
        "Account {account_id} has no fix_role in the fleet file, so nothing can be changed "
        "from here; add one to get buttons.",
        account_id=account.id,
    )
