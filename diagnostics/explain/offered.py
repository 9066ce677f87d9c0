"""What can be done from here, the first thing in front, and what it would touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.evidence import Cluster, IamRole, OidcProvider, Pods, RoleSightings, Target
from diagnostics.evidence.derived import NamespaceWorkloads, RoleAccount, Subject
from diagnostics.explain.values import value_of
from diagnostics.fix.impact import Impact, impact
from diagnostics.fix.offers import provider_fix, with_restart
from diagnostics.fix.trust import trust_fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnostics.evidence import Workload
    from diagnostics.fix.correction import PolicyCorrection
    from diagnostics.fix.plan import Fix
    from diagnostics.fleet import Fleet
    from diagnostics.gather.graph import Facts
    from diagnostics.result import Result


def offered(
    facts: Facts,
    target: Target,
    roots: Sequence[Result],
    *,
    correction: PolicyCorrection | None,
    in_cluster: bool,
    fleet: Fleet | None,
) -> tuple[Fix, ...]:
    """Every fix that can be applied from here; changes in IAM first where the first cause has no fix of its own.

    Args:
        facts: What was read.
        target: What it is about.
        roots: Causes that no other one explains, the first to mend in front.
        correction: Of the trust policy.
        in_cluster: Whether anything can be changed in the target's cluster.
        fleet: Says what may be written in which account; nothing in IAM without.
    """
    own = own_fixes(roots)
    inside = with_restart(own, target, value_of(facts, Pods), _workloads(facts))
    inside = inside if in_cluster else ()
    outside = tuple(_in_iam(facts, target, roots, correction, fleet)) if fleet else ()
    first = roots[0].finding.fixes if roots and roots[0].finding else ()
    return (*inside, *outside) if first else (*outside, *inside)


def own_fixes(roots: Sequence[Result]) -> tuple[Fix, ...]:
    """Those of the checks: of the first cause in front, and never two for one annotation."""
    chosen: dict[str, Fix] = {}
    for root in roots:
        for fix in root.finding.fixes if root.finding else ():
            chosen.setdefault(fix.subject, fix)
    return tuple(chosen.values())


def _in_iam(
    facts: Facts,
    target: Target,
    roots: Sequence[Result],
    correction: PolicyCorrection | None,
    fleet: Fleet,
) -> Iterator[Fix]:
    provider = provider_fix(
        target,
        roots={r.code for r in roots},
        cluster=value_of(facts, Cluster),
        account=value_of(facts, RoleAccount),
        provider=value_of(facts, OidcProvider),
        subject=value_of(facts, Subject),
        fleet=fleet,
    )
    if provider is not None:
        yield provider
    role = value_of(facts, IamRole)
    trust = trust_fix(target, role, correction, fleet) if role is not None else None
    if trust is not None:
        yield trust


def touched(facts: Facts, target: Target) -> Impact | None:
    """What those fixes would touch; None where it is not known who the service account is."""
    subject, pods = value_of(facts, Subject), value_of(facts, Pods)
    if subject is None:
        return None
    return impact(
        target,
        subject.name,
        pods=pods.live if pods is not None else (),
        workloads=_workloads(facts),
        role=value_of(facts, IamRole),
        sightings=value_of(facts, RoleSightings),
    )


def _workloads(facts: Facts) -> tuple[Workload, ...]:
    found = value_of(facts, NamespaceWorkloads)
    return found.items if found is not None else ()
