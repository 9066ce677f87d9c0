"""Who said so: every API call that a fact rests on."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


HANDED_OVER: Final = "evidence "
"""Begins the outcome of a call that was not made: evidence stands in for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API call.

    `service` and `operation` are the API's own names: ("iam", "GetRole") or ("kubernetes", "get serviceaccounts").
    """

    service: str
    operation: str
    resource: str
    at: datetime
    milliseconds: float
    account: str | None = None
    region: str | None = None
    cluster: str | None = None
    outcome: str = "ok"
    """"ok", "absent", or the error code that came back; or, after `HANDED_OVER`, whose word it is."""

    @property
    def handed_over(self) -> str | None:
        """Where the answer comes from if it was not read by us: a file, or who pasted it and when."""
        if not self.outcome.startswith(HANDED_OVER):
            return None
        return self.outcome.removeprefix(HANDED_OVER)

    def __str__(self) -> str:
        """Name the call and its place: `iam:GetRole arn:… (account 111122223333)`."""
        if self.cluster is not None:
            return f"{self.operation} {self.resource} (cluster {self.cluster})"
        place = ", ".join(p for p in (f"account {self.account}", self.region) if p)
        return f"{self.service}:{self.operation} {self.resource} ({place})"


_current: ContextVar[list[Call] | None] = ContextVar("irsa_doctor_calls", default=None)
_reporter: ContextVar[Callable[[Call], None] | None] = ContextVar("irsa_doctor_told", default=None)


def record(call: Call) -> None:
    """Add a call to the recording under way in this context, and tell whoever wants to know, if there are any."""
    calls = _current.get()
    if calls is not None:
        calls.append(call)
    reporter = _reporter.get()
    if reporter is not None:
        reporter(call)


@contextmanager
def reporting(to: Callable[[Call], None]) -> Iterator[None]:
    """Tell of each call made in this context, and in the tasks started from it, when it is over."""
    token = _reporter.set(to)
    try:
        yield
    finally:
        _reporter.reset(token)


@contextmanager
def recording() -> Iterator[list[Call]]:
    """Collect the calls made in this context and in the tasks started from it."""
    calls: list[Call] = []
    token = _current.set(calls)
    try:
        yield calls
    finally:
        _current.reset(token)
