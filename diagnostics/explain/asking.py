"""Which read-only commands would answer what could not be read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn, provider_arn
from diagnostics.result import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.evidence import Target
    from diagnostics.fleet import Fleet
    from diagnostics.journal import Call
    from diagnostics.result import Result

_ACCOUNT: Final = frozenset(("IRSA102", "IRSA103", "IRSA105"))
_PODS: Final = frozenset(("IRSA201",))
_PROVIDER: Final = frozenset(("IRSA301", "IRSA304"))
_ROLE: Final = frozenset(f"IRSA{n}" for n in (*range(401, 409), *range(410, 416)))
_ANSWERED: Final = ("ok", "absent")


def asked(
    target: Target,
    results: tuple[Result, ...],
    *,
    calls: tuple[Call, ...],
    role: RoleArn | None,
    issuer: str | None,
    fleet: Fleet,
) -> tuple[str, ...]:
    """Name the commands whose output would stand in for the reads that failed; none where none did.

    Args:
        target: What the diagnosis is about.
        results: One per check.
        calls: Every call made: what was answered is not asked for.
        role: The role in question, where it is known.
        issuer: The cluster's issuer, where it is known.
        fleet: Says what EKS calls the cluster.
    """
    unread = frozenset(r.code for r in results if r.status is Status.ERROR)
    answered = frozenset(c.operation for c in calls if _is_answer(c))
    commands = [
        *_kubernetes(target, unread, answered),
        *_aws(target, unread, answered, role=role, issuer=issuer, fleet=fleet),
    ]
    return tuple(commands)


def _is_answer(call: Call) -> bool:
    return call.outcome in _ANSWERED or call.handed_over is not None


def _kubernetes(target: Target, unread: frozenset[str], answered: frozenset[str]) -> Iterator[str]:
    kubectl = f"kubectl -n {shlex.quote(target.namespace)} get"
    name = target.service_account
    if unread & _ACCOUNT and "get serviceaccounts" not in answered:
        yield f"{kubectl} sa {shlex.quote(name) if name else ''}".rstrip() + " -o yaml"
    if unread & (_PODS if name else _ACCOUNT | _PODS) and "list pods" not in answered:
        yield f"{kubectl} pods -o yaml"


def _aws(
    target: Target,
    unread: frozenset[str],
    answered: frozenset[str],
    *,
    role: RoleArn | None,
    issuer: str | None,
    fleet: Fleet,
) -> Iterator[str]:
    if role is not None and unread & _ROLE and "GetRole" not in answered:
        yield f"aws iam get-role --role-name {shlex.quote(role.name)} --output json"
    cluster = next((c for c in fleet.clusters if c.name == target.cluster), None)
    if not unread & _PROVIDER or cluster is None:
        return
    if issuer is None and "DescribeCluster" not in answered:
        yield (
            f"aws eks describe-cluster --name {shlex.quote(cluster.eks_name)} "
            f"--region {cluster.region} --output json"
        )
    if issuer is None:
        return
    if role is not None and "GetOpenIDConnectProvider" not in answered:
        arn = provider_arn(partition=role.partition, account=role.account, issuer=issuer)
        yield (
            "aws iam get-open-id-connect-provider --open-id-connect-provider-arn "
            f"{shlex.quote(arn)} --output json"
        )


__all__ = ["asked"]
