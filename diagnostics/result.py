"""What the engine says: a result per check, and the diagnosis made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.evidence import Target
    from diagnostics.fix.correction import PolicyCorrection
    from diagnostics.fix.impact import Impact
    from diagnostics.fix.plan import Fix
    from diagnostics.journal import Call
    from diagnostics.languages import Words
    from diagnostics.proof.answer import Proof
    from diagnostics.recognize.symptom import Symptom

HEADLINE: Final = 100
"""Characters of a headline, at most: Slack's headers hold 150, and a phone shows two lines."""


class Severity(StrEnum):
    """What kind of finding a check makes."""

    CAUSE = "cause"
    """This alone makes the call fail."""
    RISK = "risk"
    """Works today; dangerous or fragile."""


class Status(StrEnum):
    """How a check ended (the words of XCCDF)."""

    PASS = "pass"  # noqa: S105  a status, no secret
    FAIL = "fail"
    ERROR = "error"
    """Evidence is missing: could not check."""
    NOT_CHECKED = "notchecked"
    """Pointless until another check passes, or not applicable here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a finding is."""

    where: Words
    """Account or cluster: `account 111122223333` or `cluster prod-eu`."""
    object: Words
    """`serviceaccount payments/api` or a role's ARN."""
    field: str | None = None
    """A JSON pointer or field path inside the object."""

    def __str__(self) -> str:
        """Read from the inside out: field, object, account or cluster."""
        parts = [self.field, self.object, self.where]
        return " · ".join(p for p in parts if p)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a failing check found, ready to be read."""

    headline: Words
    """The cause in plain words, one clause of at most `HEADLINE` characters, without marks or a full stop."""
    place: Place
    seen: Words
    """Verbatim value, or "(none)"; invisible characters are spelled out when shown."""
    wanted: Words
    why: Words
    """Why it matters, one sentence."""
    next: Words
    """The exact change that fixes it."""
    note: Words | None = None
    likely: bool = False
    """The evidence makes it likely rather than certain; `note` says what would settle it."""
    fixes: tuple[Fix, ...] = ()
    commands: tuple[str, ...] = ()
    """Ready text to run elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One check's result. A finding stands with a failure, and only there."""

    code: str
    title: Words
    severity: Severity
    status: Status
    finding: Finding | None = None
    reason: Words | None = None
    """Why it could not be checked, or was not."""
    enable: Words | None = None
    """What would turn an ERROR into an answer."""
    follows_from: str | None = None
    """The code of the cause that this failure follows from."""
    calls: tuple[Call, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a result that contradicts itself."""
        if (self.status is Status.FAIL) != (self.finding is not None):
            raise ValueError(f"{self.code}: a finding stands with a failure, and only there")
        if self.status is Status.ERROR and not self.reason:
            raise ValueError(f"{self.code}: an error without its reason")


class Verdict(StrEnum):
    """What the diagnosis comes to."""

    CAUSE_FOUND = "cause_found"
    HEALTHY = "healthy"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The whole answer."""

    target: Target
    symptom: Symptom | None
    verdict: Verdict
    headline: Words
    """One clause of at most `HEADLINE` characters, without marks or a full stop."""
    results: tuple[Result, ...]
    root: Result | None = None
    """The failure that must be mended first."""
    correction: PolicyCorrection | None = None
    correction_blocked: Words | None = None
    """Why no correction of the trust policy can be offered, where one is needed."""
    hardening: PolicyCorrection | None = None
    """A narrower trust policy that still lets this service account in; offered, never needed."""
    advice: Words | None = None
    """What to do where no cause was found, in at most three sentences; None where a cause was."""
    role_arn: str | None = None
    subject: str | None = None
    issuer: str | None = None
    fixes: tuple[Fix, ...] = ()
    """Those that can be applied from here, the first the one to press."""
    fixes_blocked: Words | None = None
    """Why no fix can be applied from here although there is one, in a sentence that says how to enable it."""
    ask: tuple[str, ...] = ()
    """Read-only commands whose output would answer what could not be read, where no cause can be named without."""
    text_at: datetime | None = None
    """When the text was true: its own time, or that of the first diagnosis of it."""
    impact: Impact | None = None
    """What changes here would touch beside the thing itself."""
    proof: Proof | None = None
    """STS's own answer, where the fleet file turns the proof on for the cluster."""
    calls: tuple[Call, ...] = ()
    started: datetime
    seconds: float

    def with_status(self, status: Status) -> tuple[Result, ...]:
        """Pick the results that ended in a status, causes before risks."""
        chosen = (r for r in self.results if r.status is status)
        return tuple(sorted(chosen, key=lambda r: r.severity is Severity.RISK))
