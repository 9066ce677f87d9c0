"""The accounts and clusters that the bot may read, and what a channel means by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.errors import NotInFleet
from diagnostics.languages import say

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An AWS account of the fleet."""

    id: str
    """12 digits."""
    name: str
    read_role: str | None
    """ARN of the role that diagnosis assumes; None: the caller's own credentials are used as they are."""
    fix_role: str | None = None
    """ARN of the role that only an approved fix assumes."""
    external_id: str | None = None
    proof_role: str | None = None
    """ARN of the role that only a proof at STS assumes."""
    allow_trust_policy_fix: bool = False
    """Whether an approved fix may write the trust policies of the account's roles."""
    allow_provider_fix: bool = False
    """Whether an approved fix may write the account's OIDC providers."""
    regions: tuple[str, ...] = ()
    """Where the inventory looks for clusters, beside the regions of the account's clusters."""
    discovered: bool = False
    """Whether only the organization lists the account, and not the fleet file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetCluster:
    """A cluster as the fleet file names it: found through EKS unless an endpoint or a kubeconfig context is given."""

    name: str
    """The alias people use in Slack; unique in the fleet."""
    account: str
    region: str
    eks_name: str
    """The name in EKS."""
    endpoint: str | None = None
    """https URL of the API server, in place of eks:DescribeCluster."""
    ca: str | None = None
    """PEM text of the API server's certificate authority."""
    proxy_url: str | None = None
    kubeconfig: str | None = None
    """Path of a kubeconfig file; the default one where only a context is named."""
    context: str | None = None
    issuer: str | None = None
    """OIDC issuer URL, where EKS can't be asked for it."""
    seen_issuer: str | None = None
    """OIDC issuer URL that the inventory saw: it leads to the cluster, and proves nothing about it."""
    seen_at: datetime | None = None
    """When the inventory saw the cluster."""
    proof: bool = False
    """Whether STS may be asked with tokens of the cluster's service accounts."""
    proof_pod: bool = False
    """Whether a proof also creates a pod as a server-side dry run."""
    events: bool = False
    """Whether a fix leaves a Kubernetes event on what it changed."""
    discovered: bool = False
    """Whether only the inventory knows the cluster, and not the fleet file."""

    @property
    def known_issuer(self) -> str | None:
        """The issuer that the fleet file states, or else the one that the inventory saw."""
        return self.issuer or self.seen_issuer


KINDS: Final = {
    "deployment": "Deployment",
    "deploy": "Deployment",
    "statefulset": "StatefulSet",
    "sts": "StatefulSet",
    "daemonset": "DaemonSet",
    "ds": "DaemonSet",
    "job": "Job",
    "cronjob": "CronJob",
    "pod": "Pod",
    "po": "Pod",
}
"""Kinds of workloads by the names that people type, kubectl's short ones among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadRef:
    """A workload by kind and name, such as `Deployment/payments-api`."""

    kind: str
    """Deployment, StatefulSet, DaemonSet, Job, CronJob, ReplicaSet or Pod."""
    name: str

    def __str__(self) -> str:
        """Write it as kubectl does: `deployment/payments-api`."""
        return f"{self.kind.lower()}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known about the target before anything is read: from a person, a channel's defaults, or an alert."""

    cluster: str | None = None
    namespace: str | None = None
    service_account: str | None = None
    workload: WorkloadRef | None = None
    role_arn: str | None = None

    def over(self, weaker: Hints) -> Hints:
        """Take each value from here, or else from the weaker hints."""
        return Hints(
            cluster=self.cluster or weaker.cluster,
            namespace=self.namespace or weaker.namespace,
            service_account=self.service_account or weaker.service_account,
            workload=self.workload or weaker.workload,
            role_arn=self.role_arn or weaker.role_arn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The role that a service account is meant to have, as the fleet file states it."""

    cluster: str
    namespace: str
    service_account: str
    role_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A role that the bot assumes first: the member accounts trust it, and not the bot's own role."""

    role: str
    """ARN."""
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """All accounts and clusters that may be read."""

    accounts: tuple[Account, ...] = ()
    clusters: tuple[FleetCluster, ...] = ()
    bindings: tuple[Binding, ...] = ()
    hub: Hub | None = None
    organization: bool = False
    """Whether the bot's own credentials may list the organization's accounts and read its resource control policies."""
    member_role: str | None = None
    """Name, or path and name, of the read role in the organization's accounts that the fleet file does not list."""
    is_part: bool = False
    """Whether there is more that the reader at hand does not see: the last cluster left is not the only one."""

    def account(self, account_id: str) -> Account:
        """Find an account by its 12 digits.

        Raises:
            NotInFleet: The fleet file does not name it.
        """
        for account in self.accounts:
            if account.id == account_id:
                return account
        raise NotInFleet(
            say("account {account} is not in the fleet file", account=account_id),
            enable=say(
                "add `{entry}` under `accounts:` in the fleet file", entry=f'- id: "{account_id}"'
            ),
        )

    def cluster(self, name: str) -> FleetCluster:
        """Find a cluster by its alias.

        Raises:
            NotInFleet: The fleet file does not name it; the message lists the names that it has.
        """
        for cluster in self.clusters:
            if cluster.name == name:
                return cluster
        known = ", ".join(sorted(c.name for c in self.clusters)[:10])
        raise NotInFleet(
            say(
                "cluster {cluster} is not in the fleet file (known: {known})",
                cluster=repr(name),
                known=known or say("none"),
            ),
            enable=say(
                "add `{entry}` under `clusters:` in the fleet file", entry=f"- name: {name}"
            ),
        )

    def bound_role(self, cluster: str, namespace: str, service_account: str) -> str | None:
        """Return the role that the fleet file states for a service account, if it does."""
        for b in self.bindings:
            if (b.cluster, b.namespace, b.service_account) == (cluster, namespace, service_account):
                return b.role_arn
        return None
