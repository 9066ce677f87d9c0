"""What a preflight comes to: places, what was checked in each, and the texts that mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime


Kind: TypeAlias = Literal["account", "organization", "cluster", "slack", "links"]


class State(StrEnum):
    """How one check ended."""

    WORKS = "works"
    MISSING = "missing"
    """Refused, or not there."""
    NO_ANSWER = "no answer"
    """It can't be told: network, TLS, throttling, a server's own failure."""
    OPTIONAL = "not granted, optional"
    SKIPPED = "not checked"
    """Something that comes first does not work."""


TROUBLES: Final = (State.MISSING, State.NO_ANSWER)
"""With one of these a place does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was tried."""

    what: str
    """`iam:GetRole`, `get serviceaccounts`, `assume arn:…`."""
    state: State
    why: str | None = None
    """One clause, where it does not work."""
    enable: str | None = None
    """What would make it work."""
    needed_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Text to copy."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An account, the organization, a cluster, or Slack."""

    kind: Kind
    name: str
    checks: tuple[Check, ...]
    remedies: tuple[Remedy, ...] = ()

    @property
    def works(self) -> bool:
        """Whether nothing is missing and everything answered."""
        return not self.troubles

    @property
    def troubles(self) -> tuple[Check, ...]:
        """The checks that did not work."""
        return tuple(check for check in self.checks if check.state in TROUBLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All places."""

    places: tuple[Place, ...]
    started: datetime
    seconds: float

    @property
    def works(self) -> bool:
        """Whether every place does."""
        return all(place.works for place in self.places)
