"""All probes, by the fact that each reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnostics.gather import (
    aws,
    issuer,
    known_issuers,
    kubernetes,
    pod_identity,
    proof,
    refusals,
    target,
    users,
)
from diagnostics.wiring import declared_probes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnostics.wiring import Probe

_DECLARING = (aws, issuer, known_issuers, kubernetes, pod_identity, proof, refusals, target, users)


def probes() -> Mapping[type, Probe]:
    """Return every probe that the modules of this package declare."""
    return declared_probes()
