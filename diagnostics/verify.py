"""Diagnose the same target again, as after a fix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diagnostics.case import Case, Question
from diagnostics.errors import UsageError
from diagnostics.fleet import Hints
from diagnostics.pipeline import diagnose

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from diagnostics.clients import Clients
    from diagnostics.result import Diagnosis


async def recheck(
    diagnosis: Diagnosis,
    io: Clients,
    *,
    now: Callable[[], datetime],
    progress: Callable[[str], None] | None = None,
) -> Diagnosis:
    """Gather and judge again for the target of an earlier diagnosis.

    Raises:
        UsageError: The earlier target is no longer clear, as when its cluster left the fleet file.
    """
    target = diagnosis.target
    case = Case(
        symptom=diagnosis.symptom,
        hints=Hints(
            cluster=target.cluster,
            namespace=target.namespace,
            service_account=target.service_account,
            workload=target.workload,
            role_arn=target.role_arn,
        ),
    )
    again = await diagnose(
        case, io, now=now, progress=progress, text_at=diagnosis.text_at or diagnosis.started
    )
    if isinstance(again, Question):
        raise UsageError(again.text)
    return replace(again, target=replace(again.target, how=target.how, found=target.found))
