"""The provider that was probably meant for an issuer."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from enum import IntEnum
from typing import TYPE_CHECKING

from diagnostics.eks_issuer import EksIssuer, eks_issuer, issuer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Near(IntEnum):
    """How a provider misses an issuer, nearest first."""

    SPELLING = 1
    """Slash, port, case, scheme."""
    SAME_ID = 2
    """The cluster's ID at another host or region."""
    NEAR_ID = 3
    """An ID that differs in a few characters."""
    STALE = 4
    """The same region, and an ID that is no cluster's."""


def near(
    wanted: str, arns: Iterable[str], known: Mapping[str, str], *, complete: bool = True
) -> tuple[Near, str] | None:
    """Find the provider that was probably meant for an issuer.

    Args:
        wanted: The issuer, without scheme.
        arns: Provider ARNs of the role's account.
        known: Issuers of the fleet's clusters, which are nobody's near miss unless by spelling.
        complete: Whether those are all that could be meant; otherwise an unknown ID is not called stale.
    """
    best: tuple[Near, str] | None = None
    mine = eks_issuer(wanted)
    for arn in list(arns)[:1000]:
        issuer = issuer_of(arn)[:512]
        found = _near(wanted, mine, issuer, known)
        if found is Near.STALE and not complete:
            continue
        if found is not None and (best is None or found < best[0]):
            best = found, arn
    return best


def _near(
    wanted: str, mine: EksIssuer | None, issuer: str, known: Mapping[str, str]
) -> Near | None:
    if not issuer or issuer == wanted:
        return None
    if _plain(issuer) == _plain(wanted):
        return Near.SPELLING
    theirs = eks_issuer(issuer)
    if mine is None or theirs is None or issuer in known:
        return None
    if theirs.id.upper() == mine.id.upper():
        return Near.SAME_ID
    if SequenceMatcher(None, theirs.id, mine.id).ratio() >= 0.9:  # noqa: PLR2004  3 of 32 characters
        return Near.NEAR_ID
    return Near.STALE if theirs.region == mine.region else None


def _plain(issuer: str) -> str:
    """An issuer without what people get wrong about its spelling."""
    lowered = issuer.lower().strip().removeprefix("https:").lstrip("/")
    return re.sub(r":\d{1,5}(?=/|$)", "", lowered).rstrip("/")
