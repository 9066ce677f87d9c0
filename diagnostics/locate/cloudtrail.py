"""Who made the call, as CloudTrail recorded it: asked only where everything else leaves the target open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from diagnostics.arn import partition_of
from diagnostics.errors import ReadError
from diagnostics.languages import Words, say
from diagnostics.locate.callers import candidates_of, matching, same_request

if TYPE_CHECKING:
    from diagnostics.clients import Clients
    from diagnostics.locate.clues import Clues
    from diagnostics.locate.cluster import Guess
    from diagnostics.locate.workload import Scored
    from diagnostics.web_identity_call import WebIdentityCall

_AROUND: Final = timedelta(minutes=5)
_LATELY: Final = timedelta(minutes=30)
_LAG: Final = timedelta(minutes=15)
_OLDEST: Final = timedelta(days=90)
"""Source: CloudTrail API reference, LookupEvents: "within the last 90 days"."""
_REGIONS: Final = 6
"""Asked side by side, each with a rate limit of its own."""
_ACCOUNTS: Final = 2
_SECONDS: Final = 5.0
"""For one region; us-east-1 is known to take that long."""
_LONGEST: Final = 250
"""Characters of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What CloudTrail adds to the search."""

    candidates: tuple[Scored, ...] = ()
    troubles: tuple[Words, ...] = ()
    """Sentences: what it could not tell, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    since: datetime
    until: datetime
    lags: bool
    """Whether records of its end may be on their way still."""

    @property
    def words(self) -> Words:
        return say(
            "{since} to {until} UTC", since=f"{self.since:%H:%M}", until=f"{self.until:%H:%M}"
        )


async def recorded(
    clues: Clues, guesses: tuple[Guess, ...], io: Clients, *, now: datetime
) -> Recorded:
    """Look up who called for the role, and weigh each caller.

    A record with the error's request ID is proof; without one, the callers that failed for the same role around
    the same time are candidates.

    Args:
        clues: What is known; without a role and a request ID nothing is asked.
        guesses: The clusters in question, best first; their regions are asked too.
        io: The clients.
        now: The time, with its zone.
    """
    if clues.role is None and clues.request_id is None:
        return Recorded()
    window = _window(clues.at, now)
    if window is None:
        words = say("CloudTrail looks back 90 days only; the error is older.")
        return Recorded(troubles=(words,))
    accounts = _accounts(clues, guesses)
    places = [(a, r) for a in accounts for r in _regions(clues, guesses, a)]
    if not places:
        return Recorded()
    answers = await _answers(io, places, window, clues)
    calls = [call for answer in answers for call in answer.calls]
    fitting = matching(clues, calls)
    candidates, strangers = await candidates_of(fitting, clues, guesses, io)
    if candidates:
        return Recorded(candidates=candidates)
    troubles = [*strangers, *_unread(answers)]
    readable = [a for a in answers if a.why is None]
    if not fitting and readable:
        troubles.append(_nothing(readable, window))
    return Recorded(troubles=tuple(troubles))


def _window(at: datetime | None, now: datetime) -> _Window | None:
    """Around the error's own time, which is UTC where it states no zone; else the last half hour."""
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    if at is None or at > now + _AROUND:
        return _Window(since=now - _LATELY, until=now, lags=True)
    if at < now - _OLDEST:
        return None
    at = at.astimezone(UTC)
    return _Window(since=at - _AROUND, until=min(at + _AROUND, now), lags=at + _AROUND > now - _LAG)


def _accounts(clues: Clues, guesses: tuple[Guess, ...]) -> tuple[str, ...]:
    """The role's account: STS records the call there. Unknown: those of the clusters in question."""
    if clues.account is not None:
        return (clues.account,)
    return tuple(dict.fromkeys(g.entry.account for g in guesses))[:_ACCOUNTS]


def _regions(clues: Clues, guesses: tuple[Guess, ...], account: str) -> tuple[str, ...]:
    """The error's region, the clusters', and us-east-1, where the global endpoint's calls are recorded.

    Source: AWS announcement of 2025 on the global endpoint: `sts.amazonaws.com` logs in us-east-1 even where a
    region near the caller serves it.
    """
    ranked = sorted(guesses, key=lambda g: g.entry.account != account)
    known = [*([clues.region] if clues.region else []), *(g.entry.region for g in ranked)]
    if clues.role is not None:
        known = [r for r in known if partition_of(r) == clues.role.partition]
    near = tuple(dict.fromkeys(known))
    if clues.role is not None and clues.role.partition != "aws":
        return near[:_REGIONS]
    return tuple(dict.fromkeys((*near[: _REGIONS - 1], "us-east-1")))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    account: str
    region: str
    calls: tuple[WebIdentityCall, ...] = ()
    complete: bool = True
    why: Words | None = None
    """Why it could not be asked."""


async def _answers(
    io: Clients, places: list[tuple[str, str]], window: _Window, clues: Clues
) -> list[_Answer]:
    """Ask everywhere at once, and wait for nobody else once a record has the error's request ID."""
    tasks = [asyncio.create_task(_ask(io, *place, window)) for place in places]
    try:
        for arrived in asyncio.as_completed(tasks):
            answer = await arrived
            if any(same_request(call.request_id, clues.request_id) for call in answer.calls):
                return [answer]
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ask(io: Clients, account: str, region: str, window: _Window) -> _Answer:
    try:
        async with asyncio.timeout(_SECONDS):
            found = await io.aws(account).web_identity_calls(region, window.since, window.until)
    except TimeoutError:
        return _Answer(account=account, region=region, why=say("it did not answer in time"))
    except ReadError as error:
        return _Answer(account=account, region=region, why=error.why.rstrip("."))
    return _Answer(account=account, region=region, calls=found.items, complete=found.complete)


def _unread(answers: list[_Answer]) -> list[Words]:
    """What could not be asked, the same reason once for each account."""
    regions: dict[tuple[str, str], list[str]] = {}
    for answer in answers:
        if answer.why is not None:
            regions.setdefault((answer.account, answer.why[:_LONGEST]), []).append(answer.region)
    return [
        say(
            "CloudTrail of account {account} ({regions}) could not be asked: {why}.",
            account=account,
            regions=", ".join(places),
            why=why,
        )
        for (account, why), places in regions.items()
    ]


def _nothing(answers: list[_Answer], window: _Window) -> Words:
    accounts = ", ".join(dict.fromkeys(answer.account for answer in answers))
    regions = ", ".join(dict.fromkeys(answer.region for answer in answers))
    words = say(
        "CloudTrail in {accounts} ({regions}) shows no such call from {window}",
        accounts=accounts,
        regions=regions,
        window=window.words,
    )
    if window.lags:
        return say(
            "{words}; records lag by 5 to 15 minutes, so it may not be there yet.", words=words
        )
    if any(not answer.complete for answer in answers):
        return say(
            "{words} among the newest records, which were read; there are more.", words=words
        )
    return say("{words}; not every refused call is recorded.", words=words)
