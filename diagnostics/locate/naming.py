"""Which cluster a name means: the alias of the fleet file, EKS's own name, an ARN, or a kubeconfig's context."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from diagnostics.fleet import Fleet, FleetCluster

_ARN: Final = re.compile(
    r"arn:aws[a-z-]{0,10}:eks:([a-z0-9-]{1,32}):(\d{12}):cluster/([\w-]{1,100})"
)
_EKSCTL: Final = re.compile(r"(?:[^@\s]{1,200}@)?([\w-]{1,100})\.([a-z0-9-]{1,32})\.eksctl\.io")
"""What eksctl calls a context: `user@cluster.region.eksctl.io`."""


def clusters_named(name: str, fleet: Fleet) -> tuple[FleetCluster, ...]:
    """The clusters that a name may mean; the fleet file's come before those that were found beside them.

    Args:
        name: An alias, `account/region/name`, EKS's name, the ARN, or the context that eksctl makes.
        fleet: The clusters that there are.
    """
    name = name.strip()
    for entry in fleet.clusters:
        if entry.name == name:
            return (entry,)
    same = _by_place(name, fleet)
    if not same:
        last = name.rpartition("/")[2].lower()
        same = tuple(c for c in fleet.clusters if last in (c.eks_name.lower(), c.name.lower()))
    return tuple(c for c in same if not c.discovered) or same


def _by_place(name: str, fleet: Fleet) -> tuple[FleetCluster, ...]:
    """Those at the place that an ARN, a context or `account/region/name` spells out."""
    if (arn := _ARN.fullmatch(name)) is not None:
        region, account, eks_name = arn.groups()
    elif (context := _EKSCTL.fullmatch(name)) is not None:
        account, (eks_name, region) = None, context.groups()
    elif name.count("/") == 2:  # noqa: PLR2004  account, region, name
        account, region, eks_name = name.split("/")
        account = next((a.id for a in fleet.accounts if account in (a.id, a.name)), account)
    else:
        return ()
    return tuple(
        c
        for c in fleet.clusters
        if c.eks_name == eks_name and c.region == region and account in (None, c.account)
    )


def spoken_names(fleet: Fleet) -> frozenset[str]:
    """The words that mean a cluster in a sentence.

    EKS's own name of a discovered cluster counts where it means that one alone and is no plain word: `prod-eu2`
    is a name, `test` may be a verb.
    """
    found = {c.name for c in fleet.clusters}
    for entry in fleet.clusters:
        word = entry.eks_name
        if entry.discovered and not word.isalpha() and len(clusters_named(word, fleet)) == 1:
            found.add(word)
    return frozenset(found)
