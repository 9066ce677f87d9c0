"""Names of issuers taken apart: host, region and ID of one of EKS."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


def issuer_of(arn: str) -> str:
    """The issuer that a provider's ARN names, without scheme."""
    return arn.partition(":oidc-provider/")[2]
