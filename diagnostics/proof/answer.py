"""What a proof came to: STS's own answer to this service account's token, and what a new pod would get."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Asked(StrEnum):
    """How STS answered."""

    GIVEN = "given"
    """It gave credentials; they were dropped unread."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """It was not asked, or gave no answer that tells."""


class Injected(StrEnum):
    """What a server-side dry run of a pod for the service account showed."""

    INJECTED = "injected"
    BARE = "bare"
    """The pod would be made, without the role or the token."""
    QUOTA = "quota"
    POLICY = "policy"
    """An admission policy refuses the pod before anything could be seen."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class StsAnswer:
    """The answer of AssumeRoleWithWebIdentity, without what it gave."""

    asked: Asked
    words: str = ""
    """STS's code and message, or why it could not be asked; bounded, never of the token."""
    enable: str = ""
    """What would let it be asked."""
    endpoint: str = ""
    """Host of the STS that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a server-side dry run of a pod for the service account showed."""

    injected: Injected
    words: str = ""
    """The API server's message where the pod was refused, or what is lacking; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One proof; holds neither the token nor the credentials."""

    at: datetime
    role_arn: str
    subject: str
    audience: str
    sts: StsAnswer
    rehearsal: Rehearsal | None = None
    """None: not turned on for the cluster."""

    @property
    def refused(self) -> bool:
        """Whether STS itself said no."""
        return self.sts.asked is Asked.REFUSED

    @property
    def given(self) -> bool:
        """Whether STS gave credentials."""
        return self.sts.asked is Asked.GIVEN
