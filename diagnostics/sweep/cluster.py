"""One cluster judged from its lists: every binding, and every role that trusts it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from diagnostics.arn import account_of
from diagnostics.evidence.role_annotation import looks_like_role_key
from diagnostics.result import Severity
from diagnostics.sweep.binding import judge
from diagnostics.sweep.finding import ClusterResult, SweepFinding, Unread
from diagnostics.sweep.trusts import role_faults
from diagnostics.sweep.view import ClusterView

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from diagnostics.evidence import Cluster, ServiceAccount
    from diagnostics.fleet import Fleet, FleetCluster
    from diagnostics.sweep.index import Index
    from diagnostics.sweep.readers import ClusterObjects

_TURN: Final = 200
"""Bindings after which others get their turn: a cluster may have thousands."""


async def judge_cluster(
    entry: FleetCluster,
    cluster: Cluster,
    objects: ClusterObjects,
    index: Index,
    *,
    fleet: Fleet,
    now: datetime,
    calls: int,
) -> ClusterResult:
    """Judge a cluster; makes no call.

    Args:
        entry: As the fleet names it.
        cluster: As EKS describes it.
        objects: Its lists.
        index: The roles of at least the accounts that its annotations name, and all that trust its issuer.
        fleet: For the roles that it states.
        now: When.
        calls: How many were made for the lists.
    """
    findings: list[SweepFinding] = []
    bindings = undecided = healthy = 0
    accounts = objects.service_accounts
    if accounts is not None:
        view = ClusterView.of(objects)
        for account in accounts:
            if not account.role_arn:
                findings.extend(_misspelled(account, cluster))
                continue
            bindings += 1
            bound = fleet.bound_role(entry.name, account.namespace, account.name)
            judged = judge(account, cluster, index, view, bound=bound, now=now)
            if judged.finding is not None:
                findings.append(judged.finding)
            elif judged.decided:
                healthy += 1
            else:
                undecided += 1
            findings.extend(_both(account, cluster, view))
            if bindings % _TURN == 0:
                await asyncio.sleep(0)
        spelled = {(f.namespace or "", f.service_account or "") for f in findings}
        trusted = index.by_issuer.get(cluster.issuer_path, ())
        findings.extend(role_faults(trusted, cluster, view, told=spelled))
    return ClusterResult(
        cluster=entry.name,
        account=entry.account,
        service_accounts=len(accounts or ()),
        bindings=bindings,
        healthy=healthy,
        undecided=undecided,
        findings=tuple(findings),
        unread=(*objects.unread, *_outside(accounts or (), index)),
        calls=calls,
        issuer=cluster.issuer,
    )


def _misspelled(account: ServiceAccount, cluster: Cluster) -> list[SweepFinding]:
    return [
        SweepFinding(
            code="IRSA106",
            severity=Severity.CAUSE,
            account=cluster.account,
            cluster=cluster.name,
            namespace=account.namespace,
            service_account=account.name,
            headline=f"The role annotation is spelled {key[:120]}.",
            seen=key[:200],
            wanted="eks.amazonaws.com/role-arn",
            next="Annotate the service account with the right key, then restart its pods.",
        )
        for key in account.annotations
        if looks_like_role_key(key)
    ][:1]


def _both(account: ServiceAccount, cluster: Cluster, view: ClusterView) -> list[SweepFinding]:
    if (account.namespace, account.name) not in view.identities:
        return []
    return [
        SweepFinding(
            code="IRSA212",
            severity=Severity.RISK,
            account=cluster.account,
            cluster=cluster.name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=account.role_arn,
            headline="The service account has a role annotation and an EKS Pod Identity association.",
            seen="both",
            wanted="one of the two",
            next="Remove the annotation, or the association.",
        )
    ]


def _outside(accounts: Iterable[ServiceAccount], index: Index) -> list[Unread]:
    """Accounts that annotations name but the fleet file does not."""
    named: dict[str, int] = defaultdict(int)
    for account in accounts:
        number = account_of(account.role_arn or "")
        if number is not None and number.isdigit() and len(number) == 12:  # noqa: PLR2004  an ARN's account
            named[number] += 1
    return [
        Unread(
            where=f"account {number}",
            why=f"the fleet file does not name it, so {count} of its roles are not judged",
            enable=f'add `- id: "{number}"` under `accounts:` in the fleet file',
        )
        for number, count in sorted(named.items())
        if number not in index.accounts and number not in index.unread
    ]
