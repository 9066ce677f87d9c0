"""Trust policies: what they say, compiled once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.iam import json_text

if TYPE_CHECKING:
    from diagnostics.iam.json_text import Json
    from diagnostics.iam.problem import Problem
    from diagnostics.iam.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """A role's trust policy.

    Two policies are equal when their JSON is.
    """

    document: dict[str, Json]
    """The JSON; treat it as read-only."""
    version: str | None
    statements: tuple[Statement, ...] = field(compare=False, repr=False)
    refusals: tuple[Problem, ...] = field(default=(), compare=False, repr=False)
    """Why IAM refuses, or may refuse, to save it although its meaning is clear."""
    text: str | None = field(default=None, compare=False, repr=False)
    """What it was parsed from."""

    @property
    def size(self) -> int:
        """Characters that count against the quota: all but white space between the elements' tokens.

        Source: IAM User Guide, "IAM and AWS STS quotas": IAM does not count white space.
        """
        return size_of(self.document)

    def printed(self) -> str:
        """The JSON, indented by two."""
        return json_text.write(self.document)


def size_of(document: Json) -> int:
    """Characters of a document that count against a policy size quota."""
    return sum(1 for character in json_text.write(document, indent=0) if character not in " \t\r\n")
