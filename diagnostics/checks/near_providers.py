"""Issuer names taken apart: host, region and ID of an EKS issuer, and what comes near one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EKS = re.compile(
    r"oidc(?:\.eks|-eks)\.(?P<region>[a-z0-9-]{4,32})\.(?P<domain>[a-z.]{2,32})/id/(?P<id>[0-9A-Za-z]{1,64})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EksIssuer:
    """An EKS issuer's parts."""

    region: str
    domain: str
    id: str


def eks_issuer(path: str) -> EksIssuer | None:
    """Take an issuer without its scheme apart, or return None where it is not one of EKS."""
    match = _EKS.fullmatch(path)
    return EksIssuer(**match.groupdict()) if match else None


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


def issuer_of(arn: str) -> str:
    """The issuer that a provider's ARN names, without scheme."""
    return arn.partition(":oidc-provider/")[2]


def near(wanted: str, arns: Iterable[str], known: Mapping[str, str]) -> tuple[Near, str] | None:
    """Find the provider that was probably meant for an issuer.

    Args:
        wanted: The issuer, without scheme.
        arns: Provider ARNs of the role's account.
        known: Issuers of the fleet's clusters, which are nobody's near miss unless by spelling.
    """
    best: tuple[Near, str] | None = None
    mine = eks_issuer(wanted)
    for arn in list(arns)[:1000]:
        issuer = issuer_of(arn)[:512]
        found = _near(wanted, mine, issuer, known)
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
