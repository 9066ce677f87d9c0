"""What all files together hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.evidence import DEFAULT_AUDIENCE, Workload
from diagnostics.lint.finding import SourceFinding, Spot

if TYPE_CHECKING:
    from diagnostics.document.hcl_tree import Block
    from diagnostics.document.tree import TreeError
    from diagnostics.lint.policy_source import PolicySource


@dataclass(slots=True, kw_only=True)
class AccountSource:
    """A service account as a source file writes it."""

    spot: Spot
    """Of the role annotation, where there is one."""
    name: str
    namespace: str | None
    """None where it is left to whoever applies it."""
    role_arn: str | None
    """None where there is no annotation or it is not written out."""
    reference: str | None = None
    """The address of the role that the same sources define: `aws_iam_role.api`."""
    audience: str = DEFAULT_AUDIENCE

    @property
    def object(self) -> str:
        """For findings."""
        where = f"{self.namespace}/" if self.namespace else ""
        return f"ServiceAccount {where}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedRole:
    """A role annotation that is no role ARN, until all sources are read and tell which role it means."""

    finding: SourceFinding
    value: str
    namespace: str | None
    """None where it is left to whoever applies it."""
    name: str | None
    key: str
    """What stands before the value."""
    terraform: bool = False
    """Whether the value is an expression of Terraform, which may refer to a role."""

    def written(self, value: str) -> str:
        """How the corrected annotation is written."""
        if not self.terraform:
            return f"{self.key}: {value}"
        return f'"{self.key}" = ' + (f'"{value}"' if value.startswith("arn:") else value)


@dataclass(slots=True, kw_only=True)
class WorkloadSource:
    """A workload as a source file writes it."""

    spot: Spot
    workload: Workload
    spots: dict[str, Spot] = field(default_factory=dict)
    """Place of each environment variable's name, by `container/name`."""


@dataclass(slots=True, kw_only=True)
class Sources:
    """Service accounts, workloads, trust policies, and what was wrong with each by itself."""

    accounts: list[AccountSource] = field(default_factory=list)
    workloads: list[WorkloadSource] = field(default_factory=list)
    policies: list[PolicySource] = field(default_factory=list)
    findings: list[SourceFinding] = field(default_factory=list)
    malformed: list[MalformedRole] = field(default_factory=list)
    substituted: bool = False
    """Whether Flux fills in `${…}` before it applies what it finds (`postBuild` of its Kustomization)."""
    templates: set[str] = field(default_factory=set)
    """Names of the files that Terraform reads as templates (`templatefile`)."""
    terraform: dict[str, list[tuple[str, Block]]] = field(default_factory=dict)
    """Files of each folder: Terraform reads a folder as one."""

    def unreadable(self, file: str, error: TreeError, object_: str = "file") -> None:
        """Note a text that can't be read."""
        self.findings.append(
            SourceFinding(
                code="IRSA001",
                spot=Spot(file=file, line=error.line, column=error.column),
                object=object_,
                headline=error.words,
                seen="",
                wanted="",
                next="Correct the syntax here.",
            )
        )
