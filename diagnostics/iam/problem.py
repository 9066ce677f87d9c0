"""What is wrong with a policy document, and where."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.errors import IrsaDoctorError

MALFORMED = "MalformedPolicyDocument"
LIMIT_EXCEEDED = "LimitExceeded"
VALIDATION_ERROR = "ValidationError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of a policy document."""

    pointer: str
    """JSON pointer (RFC 6901) to the faulty element; "" is the whole document."""
    words: str
    """One sentence: what is wrong, and what belongs there."""
    line: int = 1
    """From 1."""
    column: int = 1
    """From 1, in characters."""
    code: str = MALFORMED
    """The error code with which IAM refuses the document."""
    certain: bool = True
    """False: whether IAM refuses depends on the account, or is not documented."""

    def __str__(self) -> str:
        """Read as a compiler's message does."""
        return f"{self.line}:{self.column}: {self.pointer or '(document)'}: {self.words}"


class PolicyError(IrsaDoctorError):
    """The document can't be read as a trust policy.

    Args:
        problems: Every fault found, in document order, at most 50.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(p) for p in problems[:3]))
        self.problems = problems
