"""The organization's accounts that the fleet file does not list, as accounts that may be read and never changed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from diagnostics.arn import RoleArn, partition_of
from diagnostics.errors import ReadError
from diagnostics.fleet import Account
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.clients.aws.members import Member
    from diagnostics.fleet import Fleet

_NAME: Final = re.compile(r"[A-Za-z0-9][\w-]{0,39}", re.ASCII)
_REGIONS: Final = 8
"""Regions that are looked into in an account that the fleet file does not list."""


def with_members(fleet: Fleet, members: Iterable[Member]) -> Fleet:
    """Add the organization's other accounts: the same read role, in the regions of the fleet file, without a fix role.

    Args:
        fleet: As the fleet file says.
        members: The organization's active accounts.

    Raises:
        ReadError: It is not clear which role is to be assumed there.
    """
    listed = {account.id for account in fleet.accounts}
    taken = {account.name for account in fleet.accounts}
    new = [m for m in members if m.id not in listed]
    if not new:
        return fleet
    regions = _regions(fleet)
    role, external_id = member_role(fleet)
    partition = partition_of(regions[0]) if regions else "aws"
    names = Counter(member.name for member in new)
    accounts = tuple(
        Account(
            id=member.id,
            # An account's name is free text, and need not be the only one.
            name=member.name
            if _plain(member.name) and names[member.name] == 1 and member.name not in taken
            else member.id,
            read_role=f"arn:{partition}:iam::{member.id}:role{role}",
            external_id=external_id,
            regions=regions,
            discovered=True,
        )
        for member in new
    )
    return replace(fleet, accounts=(*fleet.accounts, *accounts))


def member_role(fleet: Fleet) -> tuple[str, str | None]:
    """Path with name of the read role in the organization's other accounts, and the external ID it asks for.

    Raises:
        ReadError: The fleet file does not say, and its accounts have roles of different names.
    """
    ids = {account.external_id for account in fleet.accounts if account.read_role is not None}
    external_id = next(iter(ids)) if len(ids) == 1 else None
    if fleet.member_role is not None:
        return f"/{fleet.member_role.removeprefix('/')}", external_id
    parsed = [RoleArn.parse(a.read_role) for a in fleet.accounts if a.read_role is not None]
    roles = {f"{arn.path}{arn.name}" for arn in parsed if arn is not None}
    if len(roles) != 1:
        raise ReadError(
            say(
                "the accounts of the fleet file have no read role of one name, so that it is not clear which one to "
                "assume in the organization's other accounts"
            ),
            enable=say("name it as organization_role in the fleet file"),
        )
    return roles.pop(), external_id


def _regions(fleet: Fleet) -> tuple[str, ...]:
    """The regions of the fleet file in the partition of most of its clusters: an organization ends there."""
    named = Counter(c.region for c in fleet.clusters if not c.discovered)
    named.update(region for account in fleet.accounts for region in account.regions)
    ranked = [region for region, _ in named.most_common()]
    return tuple(r for r in ranked if partition_of(r) == partition_of(ranked[0]))[:_REGIONS]


def _plain(name: str) -> bool:
    """Whether an account's name can stand in the name of a cluster."""
    return _NAME.fullmatch(name) is not None
