"""What `irsa lint` finds, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from diagnostics.checks.catalogue import catalogue
from diagnostics.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a file; line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Write it as compilers do."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a code means."""

    code: str
    title: str
    severity: Severity
    why: str
    source: str


READABLE: Final = Rule(
    code="IRSA001",
    title="The source can't be read",
    severity=Severity.CAUSE,
    why="What can't be read is not checked.",
    source="The format's own grammar",
)
SAVABLE: Final = Rule(
    code="IRSA002",
    title="IAM refuses to save the trust policy",
    severity=Severity.CAUSE,
    why="The role can't be created or changed with this policy.",
    source='IAM User Guide, "Grammar of the IAM JSON policy language"',
)
REASONED: Final = Rule(
    code="IRSA003",
    title="A suppression lacks its reason or its code",
    severity=Severity.RISK,
    why="Whoever reads it later can't tell whether it still holds, so it suppresses nothing.",
    source="docs/lint.md, suppressions",
)
NEEDED: Final = Rule(
    code="IRSA004",
    title="A suppression matches nothing",
    severity=Severity.RISK,
    why="It would hide the next fault of this kind in the same place.",
    source="docs/lint.md, suppressions",
)
STRING: Final = Rule(
    code="IRSA005",
    title="An annotation or label is not a string",
    severity=Severity.CAUSE,
    why="Kubernetes takes only strings there; without quotes YAML makes a number or boolean of the value, which ends "
    "in `cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string`.",
    source="Kubernetes API, ObjectMeta: annotations and labels are map[string]string; kubernetes-sigs/yaml, resolve.go",
)
OWN: Final = (READABLE, SAVABLE, REASONED, NEEDED, STRING)
"""Rules that only sources have; the others are checks of the catalogue."""


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its code."""
    found = {rule.code: rule for rule in OWN}
    for check in catalogue():
        found[check.code] = Rule(
            code=check.code,
            title=check.title,
            severity=check.severity,
            why=check.why,
            source=check.source,
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFinding:
    """One fault of a source file."""

    code: str
    spot: Spot
    object: str
    """What it is about, such as `ServiceAccount payments/api` or `aws_iam_role.api`."""
    headline: str
    """The fault in one sentence."""
    seen: str
    wanted: str
    next: str
    """The change that mends it."""
    severity: Severity | None = None
    """None: the rule's own."""
    related: tuple[tuple[Spot, str], ...] = ()
    """Other places that matter, with a word on each."""
    suppressed: str | None = None
    """The reason for which it is ignored."""

    @property
    def rule(self) -> Rule:
        """What the code means."""
        return rules()[self.code]

    @property
    def weight(self) -> Severity:
        """A cause or a risk."""
        return self.severity or self.rule.severity
