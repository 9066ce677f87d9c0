"""Roles to the clusters whose service accounts carry them, from listings that were made anyway."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from sys import intern
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.evidence import RoleSightings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from diagnostics.evidence import ServiceAccount

KEEP: Final = timedelta(minutes=15)
"""An older listing says nothing any more."""
MOST: Final = 200_000
"""Roles of all clusters together; the oldest listings make room."""
NAMED: Final = 4
"""Service accounts of one role in one cluster that are remembered by name."""


@dataclass(frozen=True, slots=True)
class _Listing:
    at: datetime
    roles: Mapping[str, tuple[str, ...]]
    """Each with some of its service accounts."""


class RoleIndex:
    """Filled by every listing of a whole cluster, so that it costs no call of its own.

    Args:
        now: The time.
        keep: How long a listing counts.
        most: Roles that are kept, over all clusters.
    """

    def __init__(
        self, now: Callable[[], datetime], *, keep: timedelta = KEEP, most: int = MOST
    ) -> None:
        self._now = now
        self._keep = keep
        self._most = most
        self._listings: OrderedDict[str, _Listing] = OrderedDict()
        self._size = 0

    def listed(self, cluster: str, accounts: Iterable[ServiceAccount]) -> None:
        """Take in the service accounts of all namespaces of a cluster."""
        roles: dict[str, tuple[str, ...]] = {}
        for account in accounts:
            value = (account.role_arn or "").strip()
            if value not in roles and RoleArn.parse(value) is None:
                continue
            known = roles.setdefault(intern(value), ())
            if len(known) < NAMED:
                roles[value] = (*known, f"{account.namespace}/{account.name}")
        self._drop(cluster)
        self._listings[cluster] = _Listing(self._now(), roles)
        self._size += len(roles)
        while self._size > self._most and len(self._listings) > 1:
            self._drop(next(iter(self._listings)))

    def sightings(self, role_arn: str) -> RoleSightings:
        """What the listings that still count say about a role."""
        oldest = self._now() - self._keep
        while self._listings and next(iter(self._listings.values())).at < oldest:
            self._drop(next(iter(self._listings)))
        carried = [(c, x.at) for c, x in self._listings.items() if role_arn in x.roles]
        users = [
            f"{cluster}: {name}"
            for cluster, listing in self._listings.items()
            for name in listing.roles.get(role_arn, ())
        ]
        return RoleSightings(
            carried=tuple(reversed(carried)),
            users=tuple(users),
            absent=frozenset(c for c, x in self._listings.items() if role_arn not in x.roles),
        )

    def _drop(self, cluster: str) -> None:
        gone = self._listings.pop(cluster, None)
        if gone is not None:
            self._size -= len(gone.roles)
