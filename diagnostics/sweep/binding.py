"""One service account with a role annotation: the first thing that must be mended, in the engine's own order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn
from diagnostics.checks.irsa105_annotation_malformed import annotation_malformed
from diagnostics.evidence import ROLE_ARN
from diagnostics.explain.order import EXPLAINS, leading
from diagnostics.result import Finding
from diagnostics.sweep.fault import Fault, annotate_with, target_of
from diagnostics.sweep.finding import SweepFinding, rule
from diagnostics.sweep.mixups import meant_another, older_than_association, runs_as_another
from diagnostics.sweep.pods import pod_faults
from diagnostics.sweep.role import provider_faults, trust_faults
from diagnostics.text.clip import clip

if TYPE_CHECKING:
    from datetime import datetime

    from diagnostics.evidence import Cluster, ServiceAccount
    from diagnostics.sweep.index import Index
    from diagnostics.sweep.readers import AccountFacts
    from diagnostics.sweep.view import ClusterView

_ORDER: Final = {code: place for place, code in enumerate(leading(None))}
_LAST: Final = len(_ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one binding came to."""

    finding: SweepFinding | None = None
    decided: bool = True
    """False: its role's account could not be read, or only STS knows."""


def judge(
    account: ServiceAccount,
    cluster: Cluster,
    index: Index,
    view: ClusterView,
    *,
    bound: str | None,
    now: datetime,
) -> Judged:
    """Judge one binding.

    Args:
        account: Has a role annotation.
        cluster: Where it is.
        index: All roles.
        view: What the cluster holds.
        bound: The role that the fleet file states for the service account, if it does.
        now: When.
    """
    name = (account.namespace, account.name)
    pods, webhooks = view.pods_of(name), view.webhooks
    found: list[Fault] = []
    decided = True
    arn = RoleArn.parse(account.role_arn or "")
    malformed = _malformed(account, cluster)
    if malformed is not None:
        found.append(malformed)
    elif arn is not None:
        facts = index.accounts.get(arn.account)
        if facts is None:
            decided = False
        else:
            more, decided = _role(account, cluster, index, facts, arn)
            found.extend(more)
            found.extend(meant_another(account, cluster, index, arn, bound, refused=bool(more)))
    if pods and webhooks is not None:
        found.extend(
            pod_faults(
                account,
                cluster,
                pods,
                workloads=view.workloads_of(name),
                webhooks=webhooks,
                now=now,
            )
        )
    found.extend(runs_as_another(account, cluster, view))
    if {"IRSA301", "IRSA302", "IRSA303", "IRSA305"} & {one.code for one in found}:
        found.extend(older_than_association(name, view))
    first = _leading(found)
    if first is None:
        return Judged(decided=decided)
    return Judged(
        finding=SweepFinding(
            code=first.code,
            severity=rule(first.code).severity,
            account=arn.account if arn else cluster.account,
            cluster=cluster.name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=clip(account.role_arn or "", 300),
            headline=first.headline,
            seen=first.seen,
            wanted=first.wanted,
            next=first.next,
        )
    )


def _leading(found: list[Fault]) -> Fault | None:
    """The one to mend first, of those that no other one brings about."""
    codes = {one.code for one in found}
    explained = {f"IRSA{x}" for code in codes for x in EXPLAINS.get(code.removeprefix("IRSA"), ())}
    causes = [one for one in found if one.code not in explained] or found
    return min(causes, key=lambda one: _ORDER.get(one.code, _LAST), default=None)


def _role(
    account: ServiceAccount, cluster: Cluster, index: Index, facts: AccountFacts, arn: RoleArn
) -> tuple[list[Fault], bool]:
    actual = facts.roles.get(arn.name)
    if actual is None:
        return [
            Fault(
                code="IRSA401",
                headline=f"There is no role {arn.name} in account {arn.account}.",
                seen=str(arn),
                wanted="a role that exists",
                next=f"Create the role, or correct the annotation {ROLE_ARN}.",
            )
        ], True
    if actual != str(arn):
        return [
            Fault(
                code="IRSA107",
                headline=f"The annotation names role {arn.name} with another path than it has.",
                seen=str(arn),
                wanted=actual,
                next=annotate_with(actual),
            )
        ], True
    found = provider_faults(account, cluster, index, facts)
    role = index.by_arn.get(actual)
    if role is None:
        found.append(
            Fault(
                code="IRSA402",
                headline=f"The trust policy of role {arn.name} has no statement for web identities.",
                seen="(none)",
                wanted=cluster.provider_arn_in(arn.account),
                next="Add a statement for the cluster's OIDC provider.",
            )
        )
        return found, True
    trust, decided = trust_faults(account, cluster, index, role)
    found.extend(trust)
    return found, decided


def _malformed(account: ServiceAccount, cluster: Cluster) -> Fault | None:
    arn = RoleArn.parse(account.role_arn or "")
    if arn is not None and arn.partition == cluster.partition:
        return None
    found = annotation_malformed.judge(
        target=target_of(account, cluster),
        account=account,
        question=None,
        role=None,
        cluster=cluster,
        trusting=None,
    )
    return Fault.found("IRSA105", found) if isinstance(found, Finding) else None
