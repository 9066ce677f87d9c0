"""What a change would touch beside the thing itself: pods, workloads, other service accounts, other subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.evidence.owners import owner_of, owners_in
from diagnostics.fix.restart import RESTARTABLE
from diagnostics.languages import say
from diagnostics.source import owner_of_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnostics.evidence import IamRole, Pod, RoleSightings, Target, Workload
    from diagnostics.iam import TrustPolicy
    from diagnostics.languages import Words

MOST: Final = 20
"""Names of each kind that are kept; the counts are whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodAtStake:
    """A running pod of the service account."""

    name: str
    ready: bool | None
    """None: its readiness was not told."""
    workload: str | None
    """Which workload makes it anew, as `deployment/api`; None: nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """How a workload replaces its pods."""

    workload: str
    pods: int
    strategy: str = ""
    """In words; empty where it was not told."""
    by_hand: bool = False
    """OnDelete: a restart replaces no pod by itself."""
    source: Words | None = None
    """Which tool puts its own state back, and where the change belongs as well, in a clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What changes to a service account, its role or its pods would touch."""

    pods: tuple[PodAtStake, ...] = ()
    pod_count: int = 0
    rollouts: tuple[Rollout, ...] = ()
    workloads: tuple[str, ...] = ()
    """Every workload of the namespace that runs as the service account."""
    users: tuple[str, ...] = ()
    """Other service accounts that carry the role, as far as earlier listings showed: `prod-us: web/api`."""
    trusted: tuple[str, ...] = ()
    """Other subjects that the role's trust policy names."""

    @property
    def bare(self) -> int:
        """How many of the kept pods no workload makes anew."""
        return sum(pod.workload is None for pod in self.pods)


def impact(
    target: Target,
    account: str,
    *,
    pods: Iterable[Pod],
    workloads: Iterable[Workload],
    role: IamRole | None,
    sightings: RoleSightings | None,
) -> Impact:
    """Say what would be touched.

    Args:
        target: The service account's place.
        account: Its name.
        pods: Those that run as it.
        workloads: All of the namespace.
        role: The one in question, if it was read.
        sightings: Who else was seen to carry it.
    """
    known = tuple(workloads)
    owners = owners_in(known)
    running = tuple(pods)
    counts: dict[str, int] = {}
    made: dict[str, Workload] = {}
    at_stake = []
    for pod in running:
        owner = owner_of(pod, owners)
        if owner is not None and owner.kind in RESTARTABLE:
            made[owner.uid] = owner
            counts[owner.uid] = counts.get(owner.uid, 0) + 1
        name = str(owner.ref) if owner is not None else (str(pod.owner) if pod.owner else None)
        at_stake.append(PodAtStake(name=pod.name, ready=pod.ready, workload=name))
    own = f"{target.cluster}: {target.namespace}/{account}"
    subject = f"system:serviceaccount:{target.namespace}:{account}"
    return Impact(
        pods=tuple(at_stake[:MOST]),
        pod_count=len(at_stake),
        rollouts=tuple(_rollout(made[uid], counts[uid]) for uid in list(made)[:MOST]),
        workloads=tuple(str(w.ref) for w in known if w.template.service_account == account)[:MOST],
        users=tuple(u for u in (sightings.users if sightings else ()) if u != own)[:MOST],
        trusted=_trusted(role.trust, subject) if role is not None and role.trust else (),
    )


def _rollout(workload: Workload, pods: int) -> Rollout:
    owner = owner_of_object(workload)
    return Rollout(
        workload=str(workload.ref),
        pods=pods,
        strategy=workload.strategy,
        by_hand=workload.strategy == "OnDelete",
        source=None
        if owner is None
        else say(
            "{tool} owns {workload}: {place}",
            tool=owner.tool,
            workload=workload.ref,
            place=owner.place,
        ),
    )


def _trusted(policy: TrustPolicy, subject: str) -> tuple[str, ...]:
    """Every other value of a `sub` condition, and whatever else may assume the role, verbatim."""
    found: dict[str, None] = {}
    for statement in policy.statements:
        if not statement.allow:
            continue
        for condition in statement.conditions:
            if condition.name.endswith(":sub") and not condition.base.negated:
                found.update(dict.fromkeys(v for v in condition.values if v != subject))
        found.update(
            dict.fromkeys(v for kind, v in statement.principals.entries if kind != "Federated")
        )
    return tuple(found)[:MOST]
