"""The roles of an account on record: which issuers they trust, and those that one cluster is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sweep import codec
from bot.sweep.codec import read_role
from bot.sweep.kind import Kind
from diagnostics.arn import RoleArn
from diagnostics.eks_issuer import eks_issuer, issuer_of
from diagnostics.evidence.trust_names import trusted_providers
from diagnostics.sweep import AccountFacts
from diagnostics.sweep.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.store.sweep_roles import RoleRow
    from bot.store.sweeps import SweepRecords
    from bot.sweep.codec import Issuers
    from diagnostics.evidence import Cluster, IamRole, OidcProvider
    from diagnostics.sweep import ClusterObjects


def trusts_of(facts: AccountFacts, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(issuer, role name); for issuers that are neither the fleet's nor of EKS, nothing."""
    for role in facts.federated:
        for arn in trusted_providers(role):
            issuer = issuer_of(arn)
            if issuer in known or eks_issuer(issuer) is not None:
                yield issuer, role.name
    for arn in facts.providers:
        issuer = issuer_of(arn)
        if issuer not in known and eks_issuer(issuer) is not None:
            yield issuer, ""


async def index_of(
    records: SweepRecords,
    sweep_id: str,
    issuers: Issuers,
    *,
    cluster: Cluster,
    objects: ClusterObjects,
) -> Index:
    """What judging one cluster needs of the accounts on record: the roles that it names or that trust it.

    Args:
        records: Where they are.
        sweep_id: Of which sweep.
        issuers: The fleet's.
        cluster: The cluster.
        objects: What was read in it.
    """
    index = Index(issuers={c.issuer_path: c.name for c in issuers.clusters})
    wanted: dict[str, set[str]] = {cluster.account: set()}
    for account in objects.service_accounts or ():
        arn = RoleArn.parse(account.role_arn or "")
        if arn is not None:
            wanted.setdefault(arn.account, set()).add(arn.name)
    roles: dict[str, dict[str, IamRole]] = {}
    trusting = await records.roles.trusting(sweep_id, cluster.issuer_path)
    for row in trusting:
        wanted.setdefault(row.account, set())
        roles.setdefault(row.account, {})[row.name] = _role(row)
    for number, names in wanted.items():
        text = await records.part(sweep_id, Kind.ACCOUNT, number)
        if text is None:
            continue
        part = codec.account_part.read(text)
        if part.unread is not None:
            index.unread[number] = part.unread
            continue
        held = roles.setdefault(number, {})
        named = await records.roles.named(sweep_id, number, names)
        held.update({row.name: _role(row) for row in named if row.body and row.name not in held})
        details: dict[str, OidcProvider | None] = dict.fromkeys(part.provider_arns)
        details.update({p.arn: p for p in part.providers})
        index.add(
            AccountFacts(
                account=number,
                roles={row.name: row.arn for row in named},
                federated=tuple(held.values()),
                providers=details,
            )
        )
    return index


def _role(row: RoleRow) -> IamRole:
    return read_role(arn=row.arn, name=row.name, account=row.account, text=row.body or "")
