"""The fixes that no check can offer by itself: they need the fleet's leave, or the pods beside the annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.errors import NotInFleet
from diagnostics.evidence import AUDIENCE, ROLE_ARN
from diagnostics.fix.plan import (
    AnnotateAndRestart,
    AnnotateServiceAccount,
    SetClientIds,
    SetProvider,
)
from diagnostics.fix.restart import restarts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from diagnostics.evidence import Cluster, OidcProvider, Pods, Target, Workload
    from diagnostics.evidence.derived import RoleAccount, Subject
    from diagnostics.fix.plan import Fix
    from diagnostics.fleet import Fleet

_MISSING: Final = frozenset({"IRSA301", "IRSA302", "IRSA303", "IRSA305"})
_CLIENT_ID: Final = "IRSA304"
_MOST_CLIENT_IDS: Final = 100
"""Source: IAM User Guide, "IAM and AWS STS quotas"."""


def provider_fix(
    target: Target,
    *,
    roots: AbstractSet[str],
    cluster: Cluster | None,
    account: RoleAccount | None,
    provider: OidcProvider | None,
    subject: Subject | None,
    fleet: Fleet,
) -> SetProvider | SetClientIds | None:
    """The missing provider or client ID as a fix, in an account that allows it.

    A provider is created only for an issuer that EKS or the fleet file names: what an API server says of itself
    would let whoever runs it bring in an issuer of their own. And only where the role's account is known.

    Args:
        target: Whose token is refused.
        roots: Codes of the causes that no other one explains.
        cluster: With its issuer.
        account: The role's.
        provider: What is there.
        subject: With the token's audience.
        fleet: Says where OIDC providers may be written.
    """
    if cluster is None or account is None or subject is None or not subject.audience_read:
        return None
    if account.assumed or not _allowed(account.id, fleet):
        return None
    stated = fleet.cluster(target.cluster).issuer == cluster.issuer
    if provider is None and roots & _MISSING and (cluster.arn is not None or stated):
        return SetProvider(
            cluster=target.cluster,
            namespace=target.namespace,
            account=account.id,
            provider_arn=cluster.provider_arn_in(account.id),
            url=cluster.issuer,
            client_ids=(subject.audience,),
        )
    if (
        provider is not None
        and _CLIENT_ID in roots
        and subject.audience not in provider.client_ids
        and len(provider.client_ids) < _MOST_CLIENT_IDS
    ):
        return SetClientIds(
            cluster=target.cluster,
            namespace=target.namespace,
            account=account.id,
            provider_arn=provider.arn,
            before=provider.client_ids,
            after=(*provider.client_ids, subject.audience),
        )
    return None


def _allowed(account_id: str, fleet: Fleet) -> bool:
    try:
        account = fleet.account(account_id)
    except NotInFleet:
        return False
    return account.fix_role is not None and account.allow_provider_fix


def with_restart(
    fixes: tuple[Fix, ...], target: Target, pods: Pods | None, workloads: Iterable[Workload]
) -> tuple[Fix, ...]:
    """The same, and behind an annotation the plan that restarts the pods as well, where a workload owns them.

    A restart alone is not offered beside that: pods that come before the annotation is right lack it again.
    """
    then = restarts(target, pods.live, workloads) if pods is not None else ()
    found: list[Fix] = []
    covered: set[str] = set()
    for fix in fixes:
        found.append(fix)
        if then and isinstance(fix, AnnotateServiceAccount) and fix.key in (ROLE_ARN, AUDIENCE):
            found.append(AnnotateAndRestart(annotate=fix, restarts=then))
            covered = {one.subject for one in then}
    return tuple(fix for fix in found if fix.subject not in covered)


__all__ = ["provider_fix", "with_restart"]
