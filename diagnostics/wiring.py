"""Declare probes and checks: what each one needs is read from its parameters' types.

A parameter of type `X` needs the fact `X`; `X | None` also takes "there is no such thing"; with
`| Unreadable` it also takes "could not be read". A parameter of type `Clients` gets the clients.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from inspect import getdoc
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Union, get_args, get_origin, get_type_hints

from diagnostics.clients import Clients
from diagnostics.evidence import Absent, Found, Unreadable
from diagnostics.result import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

Fact = Found[object] | Absent | Unreadable


@dataclass(frozen=True, slots=True)
class Pass:
    """Nothing is wrong here."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The check does not apply to this target; the reason says why in one clause."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The evidence is not enough to judge; `enable` names what would turn this into an answer."""

    why: str
    enable: str


Judgement = Pass | Finding | Unknown | Skip
"""What a check answers: a `Finding` means that it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One parameter of a probe or check."""

    name: str
    kind: type
    absent: bool
    """Takes None for "there is no such thing"."""
    unreadable: bool
    """Takes an `Unreadable`."""

    @property
    def clients(self) -> bool:
        """Whether the parameter wants the clients rather than a fact."""
        return self.kind is Clients


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Reads or derives one fact; the type that it returns is the fact's name."""

    kind: type
    needs: tuple[Need, ...]
    read: Callable[..., Awaitable[object]]
    deadline: float
    """Seconds."""

    @property
    def name(self) -> str:
        """The probe's function."""
        return str(getattr(self.read, "__name__", self.kind.__name__))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the catalogue: a pure function from facts to a judgement."""

    code: str
    title: str
    why: str
    source: str
    severity: Severity
    after: tuple[str, ...]
    """Codes that must not have failed, or else this check is pointless."""
    needs: tuple[Need, ...]
    judge: Callable[..., Judgement]


def _needs_of(function: Callable[..., object]) -> tuple[tuple[Need, ...], tuple[object, ...]]:
    hints = get_type_hints(function)
    returned = _members(hints.pop("return"))
    needs = []
    for name, hint in hints.items():
        members = _members(hint)
        kinds = [m for m in members if m not in (NoneType, Unreadable)]
        if len(kinds) != 1 or not isinstance(kinds[0], type):
            raise TypeError(f"{function.__name__}({name}): one fact a parameter, found {hint}")
        needs.append(
            Need(
                name=name,
                kind=kinds[0],
                absent=NoneType in members,
                unreadable=Unreadable in members,
            )
        )
    return tuple(needs), returned


def _members(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def probe(
    *, deadline: float = 8.0
) -> Callable[[Callable[..., Awaitable[object]]], Callable[..., Awaitable[object]]]:
    """Declare an async function as the reader of the fact that it returns.

    Args:
        deadline: Seconds until the fact counts as unreadable.
    """

    def declare(function: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        _probes.append((function, deadline))
        return function

    return declare


_probes: list[tuple[Callable[..., Awaitable[object]], float]] = []


@cache
def declared_probes() -> Mapping[type, Probe]:
    """Return all probes by the fact that each reads.

    Raises:
        TypeError: Two probes read the same fact, or a probe's types can't be read.
    """
    found: dict[type, Probe] = {}
    for function, deadline in _probes:
        needs, returned = _needs_of(function)
        kinds = [m for m in returned if isinstance(m, type) and m is not NoneType]
        if len(kinds) != 1:
            raise TypeError(f"{function.__name__}: a probe returns one fact, found {returned}")
        if kinds[0] in found:
            raise TypeError(f"{function.__name__}: {kinds[0].__name__} has a probe already")
        found[kinds[0]] = Probe(kind=kinds[0], needs=needs, read=function, deadline=deadline)
    return found


_CODE = re.compile(r"IRSA[1-6]\d\d")


def check(
    code: str, *, severity: Severity = Severity.CAUSE, after: tuple[str, ...] = ()
) -> Callable[[Callable[..., Judgement]], Check]:
    """Declare a pure function as the check of a code.

    Its docstring gives the title (the fault, not the cure), a `Why:` and a `Source:` paragraph.

    Args:
        code: `IRSA` and three digits; never reused.
        severity: What a failure means.
        after: Codes whose failure makes this check pointless.
    """

    def declare(function: Callable[..., Judgement]) -> Check:
        if not _CODE.fullmatch(code):
            raise ValueError(f"{code}: a code is IRSA and three digits")
        doc = getdoc(function) or ""
        title, _, _ = doc.partition("\n")
        needs, _ = _needs_of(function)
        return Check(
            code=code,
            title=title.removesuffix("."),
            why=_paragraph(doc, "Why"),
            source=_paragraph(doc, "Source"),
            severity=severity,
            after=after,
            needs=needs,
            judge=function,
        )

    return declare


def _paragraph(doc: str, name: str) -> str:
    """Return the text that follows `Name:` up to the next labelled line, on one line."""
    lines: list[str] = []
    for line in doc.splitlines():
        label, colon, rest = line.partition(":")
        if colon and label in ("Why", "Source", "Units", "Raises"):
            if lines:
                break
            if label == name:
                lines.append(rest.strip())
        elif lines:
            if not line.strip():
                break
            lines.append(line.strip())
    if not lines:
        raise ValueError(f"a check's docstring needs a `{name}:` paragraph: {doc[:60]!r}")
    return " ".join(lines)
