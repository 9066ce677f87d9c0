"""What a fix will change, exactly, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    def subject(self) -> str:
        """What is changed: two fixes of one subject are in each other's way."""
        return f"annotation {self.key} of serviceaccount {self.namespace}/{self.name} on {self.cluster}"

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
    def subject(self) -> str:
        """What is changed: two fixes of one subject are in each other's way."""
        return f"pods of {self.ref} in {self.namespace} on {self.cluster}"

    @property
    def summary(self) -> str:
        """The button's label."""
        return "Restart pods"

    @property
    def command(self) -> str:
        """The same by hand."""
        return f"kubectl -n {quote(self.namespace)} rollout restart {quote(str(self.ref))}"

    def undo(self) -> None:
        """A restart can't be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTrustPolicy:
    """Replace a role's trust policy, in an account that allows it."""

    cluster: str
    """Of the service account that is to be let in; the rules of approval go by it."""
    namespace: str
    account: str
    """Of the role; 12 digits."""
    role_arn: str
    before: str
    """The policy that the diagnosis saw; the precondition of the write."""
    after: str
    source: str | None = None
    """Which tool will put back its own policy, and where the change belongs as well, in a clause."""

    @property
    def kind(self) -> FixKind:
        """Its kind."""
        return FixKind.TRUST_POLICY

    @property
    def subject(self) -> str:
        """What is changed: two fixes of one subject are in each other's way."""
        return f"trust policy of {self.role_arn}"

    @property
    def role_name(self) -> str:
        """The name, without its path."""
        return self.role_arn.rpartition("/")[2]

    @property
    def summary(self) -> str:
        """The button's label."""
        return "Apply trust policy"

    @property
    def command(self) -> str:
        """The same by hand."""
        return (
            f"aws iam update-assume-role-policy --role-name {quote(self.role_name)} "
            f"--policy-document {quote(self.after)}"
        )

    def undo(self) -> UpdateTrustPolicy:
        """Put back what was there."""
        return replace(self, before=self.after, after=self.before)


Fix = AnnotateServiceAccount | RestartWorkload | UpdateTrustPolicy
