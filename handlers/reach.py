"""What may be read for a person in a channel: which accounts and clusters of the fleet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.fleet import Fleet, FleetCluster
    from handlers.incident import Incident

_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Some accounts with all of their clusters, and some single clusters."""

    accounts: frozenset[str] = _NOTHING
    """IDs."""
    clusters: frozenset[str] = _NOTHING
    """Aliases."""

    def has(self, cluster: FleetCluster) -> bool:
        """Whether it holds a cluster."""
        return cluster.account in self.accounts or cluster.name in self.clusters

    def without(self, other: Scope) -> Scope:
        """What of it is not in another."""
        return Scope(
            accounts=self.accounts - other.accounts, clusters=self.clusters - other.clusters
        )


def union(scopes: Iterable[Scope]) -> Scope:
    """All of them."""
    held = tuple(scopes)
    return Scope(
        accounts=frozenset().union(*(s.accounts for s in held)),
        clusters=frozenset().union(*(s.clusters for s in held)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is hidden from somebody, and with `only`, what alone is shown."""

    hidden: Scope = field(default_factory=Scope)
    only: Scope | None = None

    @property
    def is_limited(self) -> bool:
        """Whether anything at all is kept from the reader."""
        return self != EVERYTHING

    def reads_cluster(self, cluster: FleetCluster) -> bool:
        """Whether a cluster may be read."""
        return not self.hidden.has(cluster) and (self.only is None or self.only.has(cluster))

    def reads_account(self, account: str, fleet: Fleet) -> bool:
        """Whether an account may be read: with a cluster that alone is shown, the account that it is in."""
        if account in self.hidden.accounts:
            return False
        if self.only is None or account in self.only.accounts:
            return True
        names = self.only.clusters
        return any(c.account == account for c in fleet.clusters if c.name in names)

    def of(self, fleet: Fleet) -> Fleet:
        """The fleet as the reader sees it."""
        if not self.is_limited:
            return fleet
        clusters = tuple(c for c in fleet.clusters if self.reads_cluster(c))
        names = {c.name for c in clusters}
        return replace(
            fleet,
            accounts=tuple(a for a in fleet.accounts if self.reads_account(a.id, fleet)),
            clusters=clusters,
            bindings=tuple(b for b in fleet.bindings if b.cluster in names),
            is_part=True,
        )

    def reads_name(self, cluster: str | None, fleet: Fleet) -> bool:
        """Whether what is said of a cluster may be shown; one that is not of the fleet is nobody's to see."""
        if cluster is None:
            return True
        return any(c.name == cluster and self.reads_cluster(c) for c in fleet.clusters)

    def reads_role(self, role_arn: str | None, fleet: Fleet) -> bool:
        """Whether the account of a role may be read; one outside the fleet is read by nobody anyway."""
        arn = RoleArn.parse(role_arn) if role_arn else None
        return arn is None or self.reads_account(arn.account, fleet) or not _is_ours(arn, fleet)

    def reads(self, incident: Incident, fleet: Fleet) -> bool:
        """Whether everything that is on record about an incident may be shown."""
        if not self.is_limited:
            return True
        targets = [d.target for d in incident.diagnoses]
        roles = [d.role_arn for d in incident.diagnoses]
        if incident.question is not None:
            targets += [c.target for c in incident.question.candidates]
        return all(
            self.reads_name(t.cluster, fleet) and self.reads_role(t.role_arn, fleet)
            for t in targets
        ) and all(self.reads_role(role, fleet) for role in roles)


def _is_ours(arn: RoleArn, fleet: Fleet) -> bool:
    return any(a.id == arn.account for a in fleet.accounts)


EVERYTHING: Final = Reach()
