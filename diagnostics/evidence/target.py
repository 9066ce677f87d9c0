"""What a diagnosis is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.fleet import WorkloadRef
    from diagnostics.languages import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which service account the failure is about, and how that was found."""

    cluster: str
    """The fleet's alias."""
    namespace: str
    service_account: str | None
    workload: WorkloadRef | None
    role_arn: str | None = None
    """The role that the error or a person named."""
    how: tuple[Words, ...] = ()
    """One clause per choice, such as "cluster from this channel's default"."""
    found: bool = False
    """Whether a search or a default chose it, so that another may be meant."""
