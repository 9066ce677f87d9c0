"""Where service accounts were seen to carry a role, by earlier searches: what is asked first, and proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSightings:
    """What earlier listings of service accounts say about one role."""

    carried: tuple[tuple[str, datetime], ...] = ()
    """Clusters in which a service account carried it, and when that was seen; the newest first."""
    users: tuple[str, ...] = ()
    """Some of the service accounts that carried it, as `prod-us: web/api`."""
    absent: frozenset[str] = frozenset()
    """Clusters that were listed lately, in which none did."""
