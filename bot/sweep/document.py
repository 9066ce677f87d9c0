"""The sweep's report as versioned JSON, compared with the one before."""

from __future__ import annotations

from collections import Counter
from datetime import datetime  # noqa: TC003  pydantic reads the annotation
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.given_file import read_given
from diagnostics.errors import IrsaDoctorError
from diagnostics.result import Severity
from diagnostics.sweep import rule

if TYPE_CHECKING:
    from pathlib import Path

    from diagnostics.fleet import Fleet
    from diagnostics.sweep import SweepFinding, SweepResult, Unread

_MOST_BYTES: Final = 512 * 1024 * 1024
_MOST_HISTORY: Final = 200


class SweepReadError(IrsaDoctorError):
    """The report of an earlier sweep can't be read."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Found(_Data):
    """One finding."""

    key: str
    """The same from one sweep to the next."""
    code: str
    title: str
    severity: Severity
    account: str
    account_name: str
    cluster: str | None = None
    namespace: str | None = None
    service_account: str | None = None
    role_arn: str | None = None
    headline: str
    seen: str = ""
    expected: str = ""
    fix: str = ""
    new: bool | None = None
    """Whether the sweep before did not have it; None where there was none."""
    first_seen: datetime | None = None


class NotRead(_Data):
    """A part of the fleet that could not be looked into."""

    where: str
    why: str
    enable: str


class Sums(_Data):
    """What the sweep comes to in numbers."""

    accounts: int = 0
    clusters: int = 0
    service_accounts: int = 0
    bindings: int = 0
    healthy: int = 0
    broken: int = 0
    undecided: int = 0
    roles: int = 0
    causes: int = 0
    risks: int = 0
    calls: int = 0


class Before(_Data):
    """One sweep of the past."""

    at: datetime
    bindings: int
    causes: int
    risks: int


class SweepDocument(_Data):
    """What `irsa sweep --format json` writes. Fields are only added within a version."""

    format: Literal["irsa-doctor/sweep/1"] = "irsa-doctor/sweep/1"
    started: datetime
    finished: datetime
    sums: Sums
    findings: tuple[Found, ...]
    gone: tuple[Found, ...] = ()
    """Findings of the sweep before that are no longer there, as far as their place was read now."""
    not_read: tuple[NotRead, ...] = ()
    since: datetime | None = None
    """When the sweep before was."""
    history: tuple[Before, ...] = ()
    """Earlier sweeps, oldest first."""


def document_of(
    result: SweepResult,
    fleet: Fleet,
    *,
    started: datetime,
    finished: datetime,
    previous: SweepDocument | None = None,
) -> SweepDocument:
    """Write the report; with the one before, say what is new and what is gone."""
    names = {account.id: account.name for account in fleet.accounts}
    before = {f.key: f for f in previous.findings} if previous else {}
    findings = [
        _found(f, names, before if previous else None, started)
        for one in (*(c.findings for c in result.clusters), result.findings)
        for f in one
    ]
    findings.sort(
        key=lambda f: (
            f.severity is Severity.RISK,
            f.code,
            f.cluster or "",
            f.namespace or "",
            f.key,
        )
    )
    unread = _unread((*result.unread, *(u for c in result.clusters for u in c.unread)))
    keys = {f.key for f in findings}
    dark = {u.where for u in unread}
    gone = [
        f
        for key, f in before.items()
        if key not in keys
        and f"cluster {f.cluster}" not in dark
        and f"account {f.account}" not in dark
    ]
    counts = Counter(f.severity for f in findings)
    return SweepDocument(
        started=started,
        finished=finished,
        sums=Sums(
            accounts=result.accounts,
            clusters=len(result.clusters),
            service_accounts=sum(c.service_accounts for c in result.clusters),
            bindings=sum(c.bindings for c in result.clusters),
            healthy=sum(c.healthy for c in result.clusters),
            broken=sum(c.bindings - c.healthy - c.undecided for c in result.clusters),
            undecided=sum(c.undecided for c in result.clusters),
            roles=result.roles,
            causes=counts[Severity.CAUSE],
            risks=counts[Severity.RISK],
            calls=result.calls,
        ),
        findings=tuple(findings),
        gone=tuple(gone),
        not_read=unread,
        since=previous.finished if previous else None,
        history=_history(previous),
    )


def _found(
    finding: SweepFinding,
    names: dict[str, str],
    before: dict[str, Found] | None,
    started: datetime,
) -> Found:
    old = before.get(finding.key) if before is not None else None
    return Found(
        key=finding.key,
        code=finding.code,
        title=rule(finding.code).title,
        severity=finding.severity,
        account=finding.account,
        account_name=names.get(finding.account, finding.account),
        cluster=finding.cluster,
        namespace=finding.namespace,
        service_account=finding.service_account,
        role_arn=finding.role_arn,
        headline=finding.headline,
        seen=finding.seen,
        expected=finding.wanted,
        fix=finding.next,
        new=None if before is None else old is None,
        first_seen=(old.first_seen if old else None) or started,
    )


def _unread(parts: tuple[Unread, ...]) -> tuple[NotRead, ...]:
    found: dict[tuple[str, str], NotRead] = {}
    for part in parts:
        # Many clusters may name the same account; one line each is enough.
        found.setdefault(
            (part.where, part.enable), NotRead(where=part.where, why=part.why, enable=part.enable)
        )
    return tuple(sorted(found.values(), key=lambda u: u.where))


def _history(previous: SweepDocument | None) -> tuple[Before, ...]:
    if previous is None:
        return ()
    last = Before(
        at=previous.finished,
        bindings=previous.sums.bindings,
        causes=previous.sums.causes,
        risks=previous.sums.risks,
    )
    return (*previous.history, last)[-_MOST_HISTORY:]


def read_document(path: Path) -> SweepDocument:
    """Read the report of an earlier sweep.

    Raises:
        SweepReadError: There is none, or it is something else.
    """
    try:
        raw = read_given(path, most=_MOST_BYTES)
        if len(raw) > _MOST_BYTES:
            raise SweepReadError(
                f"{path}: over {_MOST_BYTES // 1024 // 1024} MiB; nothing of it is read"
            )
        return SweepDocument.model_validate_json(raw)
    except OSError as error:
        raise SweepReadError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise SweepReadError(
            f"{path}: no report of `irsa sweep --format json` ({where}: {first['msg'][:120]})"
        ) from error
