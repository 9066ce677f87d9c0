"""What a preflight comes to: places, what was checked in each, and the texts that mend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  pydantic reads the annotations at run time
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from pydantic import TypeAdapter

from diagnostics.languages import Words  # noqa: TC001  the same

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


MOST_FOUND: Final = 500
"""Clusters that the fleet file does not name and one preflight tries: beyond, a walk would take minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was tried."""

    what: Words
    """`iam:GetRole`, `get serviceaccounts`, `assume arn:…`."""
    state: State
    why: Words | None = None
    """One clause, where it does not work."""
    enable: Words | None = None
    """What would make it work."""
    needed_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Text to copy."""

    title: Words
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An account, the organization, a cluster, or Slack."""

    kind: Kind
    name: Words
    checks: tuple[Check, ...]
    remedies: tuple[Remedy, ...] = ()
    discovered: bool = False
    """Whether only the inventory knows the account or cluster, and not the fleet file."""

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
    left_out: int = 0
    """Clusters that the inventory found beyond what one preflight tries."""

    @property
    def works(self) -> bool:
        """Whether every place does."""
        return all(place.works for place in self.places)


KEPT: Final = TypeAdapter(Outcome)
"""To JSON and back, with sentences that can be said in another language: for the store, not for people."""
