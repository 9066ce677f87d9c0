"""What a fix will change, exactly, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.fleet import WorkloadRef


class FixKind(StrEnum):
    """What a fix does, as the rules of the fleet file name it."""

    ANNOTATE = "annotate"
    RESTART = "restart"
    TRUST_POLICY = "trust_policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotateServiceAccount:
    """Set, correct or (with `after=None`) remove one annotation of a service account."""

    cluster: str
    namespace: str
    name: str
    uid: str
    key: str
    before: str | None
    """The value that the diagnosis saw; the precondition of the write."""
    after: str | None

    @property
    def kind(self) -> FixKind:
        """Its kind."""
        return FixKind.ANNOTATE

    @property
    def summary(self) -> str:
        """The button's label."""
        return "Apply annotation"

    @property
    def command(self) -> str:
        """The same by hand."""
        change = quote(f"{self.key}-" if self.after is None else f"{self.key}={self.after}")
        overwrite = "" if self.after is None else " --overwrite"
        return (
            f"kubectl -n {quote(self.namespace)} annotate serviceaccount {quote(self.name)} "
            f"{change}{overwrite}"
        )

    def undo(self) -> AnnotateServiceAccount:
        """Put back what was there."""
        return AnnotateServiceAccount(
            cluster=self.cluster,
            namespace=self.namespace,
            name=self.name,
            uid=self.uid,
            key=self.key,
            before=self.after,
            after=self.before,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartWorkload:
    """Replace the pods of a workload, so that the webhook injects what they lack."""

    cluster: str
    namespace: str
    ref: WorkloadRef
    uid: str
    pods: int
    """How many pods are replaced."""

    @property
    def kind(self) -> FixKind:
        """Its kind."""
        return FixKind.RESTART

    @property
    def summary(self) -> str:
        """The button's label."""
        return "Restart pods"

    @property
    def command(self) -> str:
        """The same by hand."""
        return f"kubectl -n {quote(self.namespace)} rollout restart {quote(str(self.ref))}"


Fix = AnnotateServiceAccount | RestartWorkload
