"""Which AWS clients a fleet will need: building one costs more than a call, so that is begun before it is wanted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clients.aws.boto_clients import Service
    from diagnostics.fleet import Fleet


def wanted_by(fleet: Fleet, main: str) -> tuple[tuple[Service, str], ...]:
    """Name the clients by service and region, those that the first diagnosis waits for first.

    Args:
        fleet: What may be read.
        main: The region in which IAM and STS are asked.
    """
    return tuple(dict.fromkeys(_in_order(fleet, main)))


def _in_order(fleet: Fleet, main: str) -> Iterator[tuple[Service, str]]:
    regions = [region for region, _ in Counter(c.region for c in fleet.clusters).most_common()]
    yield "sts", main
    for region in regions[:1]:
        yield "eks", region
        yield "sts", region  # a cluster's token is signed for its region's STS
    yield "iam", main
    for region in regions[1:]:
        yield "eks", region
        yield "sts", region
    yield "cloudtrail", main
    if fleet.organization:
        yield "organizations", main
