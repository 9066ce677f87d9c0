"""In which partition an account of the fleet is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.arn import partition_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def role_arn(
    role: str | None, *, account: str, name: str | None, regions: Sequence[tuple[str, str]]
) -> str | None:
    """Write a role, given as ARN, name or path/name, as an ARN.

    The partition is that of the account's clusters; else that of all clusters, if it is one; else `aws`.

    Args:
        role: As written in the fleet file.
        account: The account's ID.
        name: The account's name.
        regions: Account (ID or name) and region of every cluster of the fleet.
    """
    if role is None or role.startswith("arn:"):
        return role
    # Regions first: a fleet has hundreds of clusters, and this is asked for each of its roles.
    own = {r for a, r in regions if a in (account, name)}
    every = {r for _, r in regions}
    found = ({partition_of(region) for region in places} for places in (own, every))
    partition = next((p.pop() for p in found if len(p) == 1), "aws")
    return f"arn:{partition}:iam::{account}:role/{role.removeprefix('/')}"
