"""What a fix will change, exactly, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING, Final

from diagnostics.fix.kind import FixKind
from diagnostics.fix.provider_plan import SetClientIds, SetProvider
from diagnostics.languages import Words, say

if TYPE_CHECKING:
    from diagnostics.fleet import WorkloadRef


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
    def summary(self) -> Words:
        """The button's label."""
        return say("Apply annotation") if self.after is not None else say("Remove annotation")

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
        return replace(self, before=self.after, after=self.before)


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
    def summary(self) -> Words:
        """The button's label."""
        return say("Restart pods")

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
    source: Words | None = None
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
    def summary(self) -> Words:
        """The button's label."""
        return say("Apply trust policy")

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


Part = AnnotateServiceAccount | RestartWorkload | UpdateTrustPolicy | SetClientIds | SetProvider
"""A fix that is one write, or a few of one kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotateAndRestart:
    """Write an annotation, then replace the pods that were made without it: one decision, two kinds of write."""

    annotate: AnnotateServiceAccount
    restarts: tuple[RestartWorkload, ...]
    """At least one; in this order, after the annotation."""

    @property
    def cluster(self) -> str:
        """Where."""
        return self.annotate.cluster

    @property
    def namespace(self) -> str:
        """Where."""
        return self.annotate.namespace

    @property
    def kind(self) -> FixKind:
        """Its first step's; whoever asks for rules asks `kinds_of`."""
        return FixKind.ANNOTATE

    @property
    def subject(self) -> str:
        """What is changed: two fixes of one subject are in each other's way."""
        return f"{self.annotate.subject}, then {', '.join(fix.subject for fix in self.restarts)}"

    @property
    def summary(self) -> Words:
        """The button's label."""
        if self.annotate.after is None:
            return say("Remove and restart")
        return say("Annotate and restart")

    @property
    def command(self) -> str:
        """The same by hand."""
        return " && ".join(part.command for part in parts_of(self))

    def undo(self) -> AnnotateServiceAccount:
        """Put the annotation back; the pods then need another restart, which is another decision."""
        return self.annotate.undo()


Fix = Part | AnnotateAndRestart


def parts_of(fix: Fix) -> tuple[Part, ...]:
    """The writes of a fix, in order; each can be made, and fail, on its own."""
    return (fix.annotate, *fix.restarts) if isinstance(fix, AnnotateAndRestart) else (fix,)


def kinds_of(fix: Fix) -> tuple[FixKind, ...]:
    """Every kind of fix that the rules must allow for this one."""
    return tuple(dict.fromkeys(part.kind for part in parts_of(fix)))


__all__: Final = [
    "AnnotateAndRestart",
    "AnnotateServiceAccount",
    "Fix",
    "FixKind",
    "Part",
    "RestartWorkload",
    "SetClientIds",
    "SetProvider",
    "UpdateTrustPolicy",
    "kinds_of",
    "parts_of",
]
