"""The accounts and clusters of the world; their numbers can be told apart at sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

READ_ROLE: Final = "irsa-doctor-read"
FIX_ROLE: Final = "irsa-doctor-fix"
PROOF_ROLE: Final = "irsa-doctor-prove"
AUDIENCE: Final = "sts.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An AWS account."""

    id: str
    name: str


MANAGEMENT: Final = Account(id="123456789012", name="management")
"""Where the bot's own credentials are. The number is the one that moto gives to keys it has not issued."""
PAYMENTS: Final = Account(id="222233334444", name="payments")
PLATFORM: Final = Account(id="333344445555", name="platform")
MEMBERS: Final = (PAYMENTS, PLATFORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An IAM OIDC provider that is meant for a cluster."""

    account: Account
    issuer_path: str | None = None
    """Another than the cluster's, where that is what is wrong."""
    client_ids: tuple[str, ...] = (AUDIENCE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """An EKS cluster."""

    name: str
    """As people and the fleet file call it."""
    eks_name: str
    account: Account
    region: str
    issuer_id: str
    providers: tuple[Provider, ...] = ()
    webhook: str = "present"
    """`present`, `absent`, or `elsewhere`: it watches one namespace only."""
    created_days_ago: int = 400

    @property
    def issuer_path(self) -> str:
        """The issuer without its scheme."""
        return f"oidc.eks.{self.region}.amazonaws.com/id/{self.issuer_id}"

    @property
    def issuer(self) -> str:
        """The issuer's URL."""
        return f"https://{self.issuer_path}"

    def provider_arn(self, account: Account) -> str:
        """ARN of the provider that its tokens need in an account."""
        return f"arn:aws:iam::{account.id}:oidc-provider/{self.issuer_path}"


CLUSTERS: Final = (
    Cluster(
        name="prod-eu",
        eks_name="prod",
        account=PAYMENTS,
        region="eu-west-1",
        issuer_id="5A1B9C0D3E7F42618A0B9C8D7E6F5A41",
        providers=(
            Provider(account=PAYMENTS, client_ids=(AUDIENCE, "vault.example.com")),
            Provider(account=PLATFORM),
        ),
    ),
    Cluster(
        name="prod-us",
        eks_name="prod",
        account=PLATFORM,
        region="us-east-1",
        issuer_id="C7D2E94F0B1A4835967E8D1C2B3A4F50",
        providers=(Provider(account=PLATFORM), Provider(account=PAYMENTS)),
    ),
    Cluster(
        name="staging-eu",
        eks_name="staging",
        account=PLATFORM,
        region="eu-west-1",
        issuer_id="1F2E3D4C5B6A79880A9B8C7D6E5F4A3B",
    ),
    Cluster(
        name="batch-eu",
        eks_name="batch",
        account=PAYMENTS,
        region="eu-west-2",
        issuer_id="90AB12CD34EF56A178B29C3D4E5F6071",
        providers=(
            Provider(
                account=PAYMENTS,
                issuer_path="oidc.eks.eu-west-1.amazonaws.com/id/90AB12CD34EF56A178B29C3D4E5F6071",
            ),
        ),
    ),
    Cluster(
        name="data-eu",
        eks_name="data",
        account=PLATFORM,
        region="eu-central-1",
        issuer_id="6B5C4D3E2F1A0B9C8D7E6F5A4B3C2D1E",
        providers=(Provider(account=PLATFORM, client_ids=("sts.amazonaws.co",)),),
    ),
    Cluster(
        name="edge-eu",
        eks_name="edge",
        account=PLATFORM,
        region="eu-north-1",
        issuer_id="77E1D2C3B4A5968778695A4B3C2D1E0F",
        providers=(
            Provider(
                account=PLATFORM,
                issuer_path="oidc.eks.eu-north-1.amazonaws.com/id/77E1D2C3B4A5968778695A4B3C2D1E0F/",
            ),
        ),
    ),
    Cluster(
        name="legacy-eu",
        eks_name="legacy",
        account=PAYMENTS,
        region="eu-west-3",
        issuer_id="0D1C2B3A495867768594A3B2C1D0E9F8",
        providers=(Provider(account=PAYMENTS),),
        webhook="absent",
    ),
    Cluster(
        name="tools-eu",
        eks_name="tools",
        account=PLATFORM,
        region="eu-west-3",
        issuer_id="E8F7A6B5C4D3E2F1A0B9C8D7E6F5A4B3",
        providers=(Provider(account=PLATFORM),),
        webhook="elsewhere",
    ),
    Cluster(
        name="green-us",
        eks_name="green",
        account=PLATFORM,
        region="us-west-2",
        issuer_id="3C2B1A0F9E8D7C6B5A4F3E2D1C0B9A88",
        providers=(Provider(account=PLATFORM),),
        created_days_ago=1,
    ),
)
"""The first two are sound; in each of the others something about the whole cluster is wrong."""


def account_named(name: str) -> Account:
    """Find a member account by its name."""
    return next(account for account in MEMBERS if account.name == name)


def cluster_named(name: str) -> Cluster:
    """Find a cluster by its name."""
    return next(cluster for cluster in CLUSTERS if cluster.name == name)


REGULATED: Final = "/regulated/"
"""Path of the roles that the organization's policy guards."""
CONTROL_POLICY: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "RegulatedRolesFromProdUsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Resource": f"arn:aws:iam::*:role{REGULATED}*",
            "Condition": {"Null": {f"{cluster_named('prod-us').issuer_path}:sub": "true"}},
        }
    ],
}
"""The organization's resource control policy, attached to its root."""
