"""Who asked for what and what became of it: one row and one log line each, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.store.tables import audit
from diagnostics.recognize import redact

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from handlers.ports import Clock

_log = structlog.get_logger("irsa.audit")
_WORDS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTrail:
    """The `Audit` of the handlers."""

    engine: AsyncEngine
    now: Clock

    async def note(
        self,
        action: str,
        decision: str,
        *,
        user: str | None,
        team: str | None,
        channel: str | None = None,
        incident_id: str | None = None,
        plan_id: str | None = None,
        words: str = "",
    ) -> None:
        """Append one entry; see `handlers.ports.Audit`."""
        entry = {
            "action": action[:32],
            "decision": decision[:32],
            "user": _identifier(user),
            "team": _identifier(team),
            "channel": _identifier(channel),
            "incident_id": _identifier(incident_id),
            "plan_id": _identifier(plan_id),
            "words": redact(words)[:_WORDS],
        }
        async with self.engine.begin() as connection:
            await connection.execute(audit.insert().values(at=self.now().timestamp(), **entry))
        _log.info("audit", **{key: value for key, value in entry.items() if value})


def _identifier(text: str | None) -> str | None:
    """Identifiers come from payloads: never longer than their column."""
    return None if text is None else text[:32]
