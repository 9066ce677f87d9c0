"""Which region an account's global services are asked in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn, partition_of

if TYPE_CHECKING:
    from diagnostics.fleet import Account, Fleet

# Source: AWS General Reference, "AWS Identity and Access Management endpoints": the regions of the global endpoints.
_MAIN: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}


def main_region(fleet: Fleet) -> str:
    """The main region of the partition that the fleet is in."""
    regions = [cluster.region for cluster in fleet.clusters]
    return _MAIN.get(partition_of(regions[0]), "us-east-1") if regions else "us-east-1"


def global_region(partition: str) -> str:
    """The region that IAM's endpoint is in, and whose CloudTrail has IAM's events.

    Source: CloudTrail User Guide, "About global service events".
    """
    return _MAIN.get(partition, "us-east-1")


def region_of(account: Account, fleet: Fleet, default: str | None = None) -> str:
    """Choose a region of the account's partition: one that is surely enabled there.

    The first of: a region of the account's own clusters, one of its `regions`, the process's default region, a
    region of the fleet, the partition's main region.
    """
    role = account.read_role or account.fix_role
    arn = RoleArn.parse(role) if role else None
    own = [c.region for c in fleet.clusters if c.account == account.id] + list(account.regions)
    partition = arn.partition if arn else partition_of(own[0] if own else default or "us-east-1")
    others = [c.region for c in fleet.clusters]
    for region in (*own, *([default] if default else []), *others):
        if partition_of(region) == partition:
            return region
    return _MAIN.get(partition, "us-east-1")
