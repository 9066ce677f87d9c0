"""The roles of all accounts by what they trust, so that joining needs no further call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diagnostics.eks_issuer import eks_issuer, issuer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.evidence import IamRole
    from diagnostics.sweep.finding import Unread
    from diagnostics.sweep.readers import AccountFacts


@dataclass(slots=True, kw_only=True)
class Index:
    """What is known of the accounts."""

    issuers: Mapping[str, str]
    """Cluster by issuer, without scheme."""
    accounts: dict[str, AccountFacts] = field(default_factory=dict)
    unread: dict[str, Unread] = field(default_factory=dict)
    by_issuer: dict[str, list[IamRole]] = field(default_factory=dict)
    """Roles whose trust policy names a fleet issuer."""
    by_arn: dict[str, IamRole] = field(default_factory=dict)
    strangers: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Role ARNs by (account, EKS issuer that no cluster of the fleet has)."""

    def add(self, facts: AccountFacts) -> None:
        """Take an account in."""
        self.accounts[facts.account] = facts
        for role in facts.federated:
            self.by_arn[role.arn] = role
            for issuer in _issuers(role):
                if issuer in self.issuers:
                    self.by_issuer.setdefault(issuer, []).append(role)
                elif eks_issuer(issuer) is not None:
                    self.strangers.setdefault((facts.account, issuer), []).append(role.arn)
        for arn in facts.providers:
            issuer = issuer_of(arn)
            if issuer not in self.issuers and eks_issuer(issuer) is not None:
                self.strangers.setdefault((facts.account, issuer), [])


def _issuers(role: IamRole) -> tuple[str, ...]:
    """The issuers of the providers that the Allow statements name."""
    if role.trust is None:
        return ()
    return tuple(
        dict.fromkeys(
            issuer_of(principal)
            for statement in role.trust.statements
            if statement.allow
            for principal in statement.principals.federated
            if ":oidc-provider/" in principal
        )
    )
