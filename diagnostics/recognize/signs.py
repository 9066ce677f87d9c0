"""What a phrase says about a failure: the grammar's terminals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.recognize.symptom import Cause


class Says(Enum):
    """How much a phrase says on its own."""

    ANSWER = auto()
    """A web-identity failure and its cause."""
    FAILED = auto()
    """A web-identity call failed; the cause stands elsewhere."""
    IF_WEB_IDENTITY = auto()
    """A cause, provided that the same entry speaks of web identity."""
    MENTION = auto()
    """Speaks of web identity; no failure by itself."""
    LOOK_ALIKE = auto()
    """Another kind of failure."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The meaning of one phrase."""

    says: Says
    cause: Cause | None = None
    code: str | None = None
    """The STS error code that the phrase stands for, where the text may leave it out."""


def answer(cause: Cause, code: str | None = None) -> Sign:
    """A web-identity failure and its cause."""
    return Sign(Says.ANSWER, cause, code)


def failed(cause: Cause | None = None) -> Sign:
    """A failure of the web-identity call, whatever the cause."""
    return Sign(Says.FAILED, cause)


def provided(cause: Cause, code: str | None = None) -> Sign:
    """A cause, if the entry speaks of web identity."""
    return Sign(Says.IF_WEB_IDENTITY, cause, code)


def look_alike(cause: Cause, code: str | None = None) -> Sign:
    """Something else."""
    return Sign(Says.LOOK_ALIKE, cause, code)


MENTION = Sign(Says.MENTION)
