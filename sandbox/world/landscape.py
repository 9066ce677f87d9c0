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
    partition: str = "aws"

    def arn(self, service: str, resource: str) -> str:
        """ARN of something of its own that is in no region."""
        return f"arn:{self.partition}:{service}::{self.id}:{resource}"

    @property
    def region(self) -> str:
        """One that its partition has for sure."""
        return _MAIN[self.partition]


_MAIN: Final = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
MANAGEMENT: Final = Account(id="123456789012", name="management")
"""Where the bot's own credentials are. The number is the one that moto gives to keys it has not issued."""
PAYMENTS: Final = Account(id="222233334444", name="payments")
PLATFORM: Final = Account(id="333344445555", name="platform")
LABS: Final = Account(id="444455556666", name="labs")
CHINA: Final = Account(id="555566667777", name="china", partition="aws-cn")
GOVCLOUD: Final = Account(id="666677778888", name="govcloud", partition="aws-us-gov")
MEMBERS: Final = (PAYMENTS, PLATFORM, LABS, CHINA, GOVCLOUD)


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
    """`present`, `absent`, `elsewhere`: it watches one namespace only; or `self-hosted`: it runs in the cluster."""
    created_days_ago: int = 400
    issuer_host: str | None = None
    """Another than that of EKS."""
    takes_logins: bool = False
    """Whether its own issuer is an identity provider for people too."""

    @property
    def issuer_path(self) -> str:
        """The issuer without its scheme."""
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        host = self.issuer_host or f"oidc.eks.{self.region}.{domain}"
        return f"{host}/id/{self.issuer_id}"

    @property
    def issuer(self) -> str:
        """The issuer's URL."""
        return f"https://{self.issuer_path}"

    def provider_arn(self, account: Account) -> str:
        """ARN of the provider that its tokens need in an account."""
        return account.arn("iam", f"oidc-provider/{self.issuer_path}")


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
    Cluster(
        name="dual-eu",
        eks_name="dual",
        account=PLATFORM,
        region="eu-south-1",
        issuer_id="2D3C4B5A69788796A5B4C3D2E1F00F1E",
        providers=(
            Provider(
                account=PLATFORM,
                issuer_path="oidc-eks.eu-south-1.api.aws/id/2D3C4B5A69788796A5B4C3D2E1F00F1E",
            ),
        ),
    ),
    Cluster(
        name="crowd-eu",
        eks_name="crowd",
        account=LABS,
        region="eu-west-1",
        issuer_id="4F5E6D7C8B9AA9B8C7D6E5F403122130",
    ),
    Cluster(
        name="login-eu",
        eks_name="login",
        account=LABS,
        region="eu-west-2",
        issuer_id="8899AABBCCDDEEFF0011223344556677",
        providers=(Provider(account=LABS),),
        takes_logins=True,
    ),
    Cluster(
        name="onprem-eu",
        eks_name="onprem",
        account=LABS,
        region="eu-central-1",
        issuer_id="A0A1A2A3A4A5A6A7A8A9AAABACADAEAF",
        issuer_host="10.20.0.7",
        providers=(Provider(account=LABS),),
    ),
    Cluster(
        name="selfhook-eu",
        eks_name="selfhook",
        account=LABS,
        region="eu-west-3",
        issuer_id="C0C1C2C3C4C5C6C7C8C9CACBCCCDCECF",
        providers=(Provider(account=LABS),),
        webhook="self-hosted",
    ),
    Cluster(
        name="prod-cn",
        eks_name="prod",
        account=CHINA,
        region="cn-north-1",
        issuer_id="D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
        providers=(Provider(account=CHINA),),
    ),
    Cluster(
        name="prod-gov",
        eks_name="prod",
        account=GOVCLOUD,
        region="us-gov-west-1",
        issuer_id="E0E1E2E3E4E5E6E7E8E9EAEBECEDEEEF",
        providers=(Provider(account=GOVCLOUD),),
    ),
)
"""The first two and the last three are sound; in each of the others something about the whole cluster is wrong."""
CROWD: Final = tuple(
    Provider(account=LABS, issuer_path=f"oidc.eks.ap-southeast-2.amazonaws.com/id/{number:032X}")
    for number in range(0xDEAD000, 0xDEAD000 + 97)
)
"""Providers of clusters that are gone: with those of the clusters above, as many as IAM takes by default."""


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
