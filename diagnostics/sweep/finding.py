"""What a sweep finds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from diagnostics.checks.catalogue import catalogue
from diagnostics.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a code means."""

    code: str
    title: str
    severity: Severity
    why: str


OWN: Final = (
    Rule(
        code="IRSA701",
        title="A role trusts a service account that does not exist",
        severity=Severity.RISK,
        why="Whoever may create a service account of that name gets the role.",
    ),
    Rule(
        code="IRSA702",
        title="An issuer is trusted that no cluster of the fleet has",
        severity=Severity.RISK,
        why="It is what a deleted cluster leaves behind, or a cluster that nobody looks after.",
    ),
    Rule(
        code="IRSA703",
        title="A role trusts a service account that has no role annotation",
        severity=Severity.RISK,
        why="Its pods start without the role; either the annotation was lost, or the trust is not needed any more.",
    ),
)
"""What only a look at all bindings shows; the other codes are checks of the catalogue."""


@cache
def _rules() -> Mapping[str, Rule]:
    found = {one.code: one for one in OWN}
    for check in catalogue():
        found[check.code] = Rule(
            code=check.code, title=check.title, severity=check.severity, why=check.why
        )
    return found


def rule(code: str) -> Rule:
    """What a code means; a code of another version of the catalogue says so."""
    return _rules().get(code) or Rule(
        code=code, title="(a code that this version does not know)", severity=Severity.RISK, why=""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFinding:
    """One fault of one binding, role or provider."""

    code: str
    severity: Severity
    account: str
    """The account to look at: the role's, or the cluster's where it is about the cluster."""
    headline: str
    cluster: str | None = None
    namespace: str | None = None
    service_account: str | None = None
    role_arn: str | None = None
    seen: str = ""
    wanted: str = ""
    next: str = ""

    @property
    def object(self) -> str:
        """What it is about, in one line."""
        parts = []
        if self.service_account is not None:
            parts.append(f"{self.cluster} {self.namespace}/{self.service_account}")
        elif self.cluster is not None:
            parts.append(self.cluster)
        if self.role_arn is not None:
            parts.append(self.role_arn)
        return " → ".join(parts) or f"account {self.account}"

    @property
    def key(self) -> str:
        """The same from one sweep to the next."""
        text = "\0".join(
            part or ""
            for part in (
                self.code,
                self.account,
                self.cluster,
                self.namespace,
                self.service_account,
                self.role_arn,
            )
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A part of the fleet that could not be looked into, so that nothing is said about it."""

    where: str
    """`account 111122223333` or `cluster prod-eu`."""
    why: str
    enable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterResult:
    """What the sweep of one cluster came to."""

    cluster: str
    account: str
    service_accounts: int = 0
    bindings: int = 0
    """Service accounts with a role annotation."""
    healthy: int = 0
    undecided: int = 0
    """Bindings whose trust policy hangs on what only STS sees, or whose role's account could not be read."""
    findings: tuple[SweepFinding, ...] = ()
    unread: tuple[Unread, ...] = ()
    calls: int = 0
    issuer: str | None = field(default=None)
