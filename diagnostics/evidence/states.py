"""The three states of a fact: found, absent, and unreadable, which says nothing about what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from diagnostics.journal import Call

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T_co]):
    """The fact was read."""

    value: T_co
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The service answered that there is no such thing."""

    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """The fact could not be read, which says nothing about what is there."""

    why: str
    enable: str
    calls: tuple[Call, ...] = ()
