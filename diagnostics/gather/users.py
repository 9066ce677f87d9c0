"""Who else carries the role, as far as earlier listings show; makes no call."""

from __future__ import annotations

from diagnostics.clients import Clients
from diagnostics.evidence import RoleSightings
from diagnostics.evidence.derived import RoleInQuestion
from diagnostics.wiring import probe


@probe(deadline=1.0)
async def role_sightings(io: Clients, question: RoleInQuestion) -> RoleSightings:
    """Where service accounts were seen to carry the role."""
    return io.sightings(str(question.arn))
