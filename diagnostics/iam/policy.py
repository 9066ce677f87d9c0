"""Trust policies: what they say, compiled once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.iam import json_text

if TYPE_CHECKING:
    from diagnostics.iam.json_text import Json
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
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return len(text) - text.count(" ")
