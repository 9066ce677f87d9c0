"""Our own failures. A misconfiguration is a result, never one of these.

IrsaDoctorError
├── ReadError            a fact could not be read; it becomes an `Unreadable`
│   ├── ReadDenied       the service answered "you may not"
│   ├── Unreachable      no answer: network, TLS, timeout
│   ├── Throttled        the service asked us to slow down until our patience ended
│   └── NotInFleet       the account or cluster is not one that the fleet file names
├── WriteError           a change was not made
│   ├── WriteDenied      the service answered "you may not"
│   ├── Stale            what was seen before has changed; nothing was written
│   └── OutcomeUnknown   the connection broke after the request left; it may have been written
└── UsageError           what a person asked for can't be understood
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.languages import say

if TYPE_CHECKING:
    from diagnostics.languages import Words


class IrsaDoctorError(Exception):
    """The root of everything that this project raises on purpose."""


class ReadError(IrsaDoctorError):
    """A fact could not be read.

    Args:
        why: One clause for the reader, such as "AccessDenied: … not authorized to perform iam:GetRole".
        enable: What would turn the unknown into an answer, such as an IAM action or an RBAC rule.
    """

    def __init__(self, why: Words, *, enable: Words) -> None:
        super().__init__(why)
        self.why = why
        self.enable = enable


class ReadDenied(ReadError):
    """The service refused the read."""


class Unreachable(ReadError):
    """The service did not answer in time, or not at all."""


class Throttled(ReadError):
    """The service kept answering with a rate limit."""


class NotInFleet(ReadError):
    """The fleet file does not name the account or cluster, so nothing is read there."""


class WriteError(IrsaDoctorError):
    """A change was not made.

    Args:
        why: One clause for the reader.
    """

    def __init__(self, why: Words) -> None:
        super().__init__(why)
        self.why = why


class WriteDenied(WriteError):
    """The service refused the change."""


class Stale(WriteError):
    """What the plan was made on has changed since; nothing was written.

    Args:
        what: The field, such as "annotation eks.amazonaws.com/role-arn".
        expected: The value that the plan saw, or None where it saw none.
        found: The value there now, or None where there is none.
    """

    def __init__(self, what: str, *, expected: str | None, found: str | None) -> None:
        super().__init__(say("{what} changed since the diagnosis", what=what))
        self.what = what
        self.expected = expected
        self.found = found


class OutcomeUnknown(WriteError):
    """The request left but no answer came back; a fresh read must settle it."""


class UsageError(IrsaDoctorError):
    """What a person asked for can't be understood; the message says how to ask."""
