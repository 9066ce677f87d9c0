"""A cluster's lists, arranged so that each service account finds its own without another look at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from diagnostics.checks.containers import provided_otherwise, veiled
from diagnostics.evidence import Pods, Webhooks
from diagnostics.evidence.derived import NamespaceWorkloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnostics.evidence import Pod, ServiceAccount, Workload
    from diagnostics.sweep.readers import ClusterObjects

T = TypeVar("T")
Name = tuple[str, str]
"""Namespace and name of a service account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """What one cluster holds."""

    accounts: dict[Name, ServiceAccount] = field(default_factory=dict)
    pods: dict[Name, tuple[Pod, ...]] | None = None
    """By the service account that they run as; None where pods could not be read."""
    workloads: dict[Name, tuple[Workload, ...]] | None = None
    """By the service account that they name; None where they could not be read."""
    pods_in: dict[str, tuple[Pod, ...]] = field(default_factory=dict)
    workloads_in: dict[str, tuple[Workload, ...]] = field(default_factory=dict)
    """By namespace."""
    namesakes: dict[str, tuple[ServiceAccount, ...]] = field(default_factory=dict)
    """Annotated service accounts by their name alone."""
    webhooks: Webhooks | None = None
    identities: frozenset[Name] = frozenset()
    """Those with an EKS Pod Identity association, as far as they could be read."""

    @classmethod
    def of(cls, objects: ClusterObjects) -> ClusterView:
        """Arrange the lists."""
        accounts = objects.service_accounts or ()
        pods, workloads = objects.pods, objects.workloads
        return cls(
            accounts={(a.namespace, a.name): a for a in accounts},
            pods=None
            if pods is None
            else _grouped(pods, lambda p: (p.namespace, p.spec.service_account)),
            workloads=None
            if workloads is None
            else _grouped(workloads, lambda w: (w.namespace, w.template.service_account)),
            pods_in=_grouped(pods or (), lambda p: p.namespace),
            workloads_in=_grouped(workloads or (), lambda w: w.namespace),
            namesakes=_grouped((a for a in accounts if a.role_arn), lambda a: a.name),
            webhooks=objects.webhooks,
            identities=objects.pod_identities or frozenset(),
        )

    def pods_of(self, name: Name) -> tuple[Pod, ...] | None:
        """The pods of a service account; None where pods could not be read."""
        return None if self.pods is None else self.pods.get(name, ())

    def workloads_of(self, name: Name) -> tuple[Workload, ...]:
        """The workloads of a service account, as far as they could be read."""
        return (self.workloads or {}).get(name, ())

    def waiting(self, account: ServiceAccount) -> bool:
        """Whether live pods run as a service account without annotation, and nothing else gives them a role or may."""
        name = (account.namespace, account.name)
        pods = Pods(items=self.pods_of(name) or ())
        if not pods.live or veiled(pods.live, None) is not None:
            return False
        workloads = NamespaceWorkloads(items=self.workloads_of(name))
        hooks = self.webhooks or Webhooks()
        return provided_otherwise(account, pods, workloads, hooks) is None


K = TypeVar("K")


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, tuple[T, ...]]:
    found: dict[K, list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return {one: tuple(group) for one, group in found.items()}
