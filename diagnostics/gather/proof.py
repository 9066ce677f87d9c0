"""STS's own answer, where the fleet file turns the proof on."""

from __future__ import annotations

from diagnostics.clients import Clients
from diagnostics.evidence import ServiceAccount, Target
from diagnostics.gather.facts import Now
from diagnostics.proof.answer import Proof
from diagnostics.proof.prove import prove
from diagnostics.wiring import probe


@probe(deadline=15.0)
async def proof(io: Clients, target: Target, account: ServiceAccount, now: Now) -> Proof | None:
    """What STS says to a token of the service account; None where nobody is to ask."""
    return await prove(io, target.cluster, account, at=now.at)
