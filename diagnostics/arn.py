"""Amazon Resource Names, as far as this project reads them.

Source: IAM User Guide, "IAM identifiers" (reference_identifiers) and AWS General Reference, "ARN format".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

PARTITIONS = (
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
)

# Path and name characters: IAM API reference, CreateRole (Path, RoleName).
_ROLE = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>\d{12}):role"
    r"(?P<path>/(?:[\x21-\x7e]{0,510}/)?)(?P<name>[\w+=,.@-]{1,64})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleArn:
    """The ARN of an IAM role, such as `arn:aws:iam::111122223333:role/team/payments`."""

    partition: str
    account: str
    path: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a role ARN, or return None when the text is anything else, white space included."""
        match = _ROLE.fullmatch(text)
        if match is None or match["partition"] not in PARTITIONS:
            return None
        return cls(**match.groupdict())

    def __str__(self) -> str:
        """Print the ARN as IAM does."""
        return f"arn:{self.partition}:iam::{self.account}:role{self.path}{self.name}"


_COLONS: Final = 5
"""Between the parts of an ARN; its resource may hold more."""


@lru_cache(maxsize=4096)
def place_of(arn: str) -> tuple[str, str] | None:
    """The region and the account that an ARN states, empty where it leaves one out; None where it is no ARN."""
    parts = arn.split(":", _COLONS)
    return (parts[3], parts[4]) if len(parts) > _COLONS and parts[0] == "arn" else None


def account_of(arn: str) -> str | None:
    """The account of an ARN, or None where it names none."""
    place = place_of(arn)
    return (place[1] or None) if place else None


def partition_of(region: str) -> str:
    """Name the partition of a region: `cn-north-1` is in `aws-cn`."""
    for prefix, partition in (
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-iso-", "aws-iso"),
        ("eusc-", "aws-eusc"),
    ):
        if region.startswith(prefix):
            return partition
    return "aws"


def provider_arn(*, partition: str, account: str, issuer: str) -> str:
    """Name the IAM OIDC provider that an issuer has in an account.

    Source: IAM User Guide, "Create an OpenID Connect identity provider": the ARN ends in the URL without its scheme.
    """
    return f"arn:{partition}:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"
