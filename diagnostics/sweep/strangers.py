"""Issuers that are trusted and that no cluster of the fleet has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.eks_issuer import eks_issuer
from diagnostics.result import Severity
from diagnostics.sweep.finding import SweepFinding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.fleet import Fleet


def stranger_findings(
    trusted: Mapping[tuple[str, str], int], fleet: Fleet, read: frozenset[str]
) -> list[SweepFinding]:
    """Issuers that no cluster of the fleet has; silent about a region in which a cluster could not be read.

    Args:
        trusted: How many roles trust it, by account and issuer.
        fleet: Whose clusters are known.
        read: The clusters whose issuer could be read, by name.
    """
    dark = {entry.region for entry in fleet.clusters if entry.name not in read}
    out = []
    for (account, issuer), roles in sorted(trusted.items()):
        parts = eks_issuer(issuer)
        if parts is None or parts.region in dark:
            continue
        trust = f"{roles} roles trust it" if roles > 1 else "one role trusts it"
        if not roles:
            trust = "no role trusts it"
        out.append(
            SweepFinding(
                code="IRSA702",
                severity=Severity.RISK,
                account=account,
                role_arn=f"issuer {issuer}",
                headline=f"Account {account} knows an issuer that no cluster of the fleet has; {trust}.",
                seen=issuer,
                wanted="issuers of clusters that exist",
                next="If the cluster is gone, delete the OIDC provider and take it out of the trust policies; "
                "if it exists, add it to the fleet file.",
            )
        )
    return out
