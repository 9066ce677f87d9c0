"""What the inventory could not look into, in few words however large the organization is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bot.inventory.records import ORGANIZATION
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.inventory.records import Scan
    from diagnostics.fleet import Fleet
    from diagnostics.languages import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """Scans that failed, by whose account they are."""

    listed: tuple[Scan, ...]
    """In accounts of the fleet file."""
    organization: Scan | None
    """The look at the organization's list of accounts, failed or not; None where it was never made."""
    members: tuple[Scan, ...]
    """In accounts that only the organization lists, one for each account."""
    discovered: int
    """How many accounts only the organization lists."""

    @classmethod
    def of(cls, fleet: Fleet, scans: Iterable[Scan]) -> Self:
        """Sort the scans of a fleet; those of accounts that left it are passed over."""
        scans = tuple(scans)
        own = {account.id for account in fleet.accounts if not account.discovered}
        found = {account.id for account in fleet.accounts if account.discovered}
        members = {s.account: s for s in reversed(scans) if s.trouble and s.account in found}
        return cls(
            listed=tuple(s for s in scans if s.trouble and s.account in own),
            organization=next((s for s in scans if (s.account, s.region) == ORGANIZATION), None)
            if fleet.organization
            else None,
            members=tuple(sorted(members.values(), key=lambda s: s.account)),
            discovered=len(found),
        )

    @property
    def members_refused(self) -> Words | None:
        """One sentence for all accounts of the organization that can't be looked into."""
        if not self.members:
            return None
        first = self.members[0]
        count = len(self.members)
        return say(
            "{count} of {all} accounts that the fleet file does not list can't be looked into; account {account}: "
            "{trouble}",
            count=count,
            all=self.discovered,
            account=first.account,
            trouble=first.trouble,
        )
