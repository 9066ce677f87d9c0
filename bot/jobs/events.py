"""Leave a Kubernetes event on what a fix changed, where the fleet file wants one; never in the way of the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot.jobs.deeds_in_words import in_words
from diagnostics.errors import IrsaDoctorError
from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
from handlers.blockkit import clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.jobs.bench import Bench
    from diagnostics.fix.plan import Part
    from handlers.incident import Incident, Plan

_log = structlog.get_logger("irsa.events")
_MESSAGE: Final = 1_000
"""Characters. Source: Kubernetes, Event validation: a note has at most 1,024 bytes."""


async def leave_events(bench: Bench, plan: Plan, incident: Incident, made: Sequence[Part]) -> None:
    """Name who approved, on each object that was changed. What fails is logged, and nothing more."""
    for part in made:
        if not isinstance(part, AnnotateServiceAccount | RestartWorkload):
            continue  # IAM has CloudTrail
        try:
            if not bench.io.fleet.cluster(part.cluster).events:
                return
            kind, name = (
                ("ServiceAccount", part.name)
                if isinstance(part, AnnotateServiceAccount)
                else (part.ref.kind, part.ref.name)
            )
            await bench.io.kubernetes_writer(part.cluster).leave_event(
                namespace=part.namespace,
                kind=kind,
                name=name,
                uid=part.uid,
                message=_message(plan, incident, part),
                at=bench.now(),
            )
        except IrsaDoctorError as error:
            _log.warning("no event was left", plan=plan.id, why=str(error)[:400])


def _message(plan: Plan, incident: Incident, part: Part) -> str:
    approved = ", ".join(plan.approvals or ((plan.by,) if plan.by else ()))
    undone = "Undo: " if plan.undoes else ""
    people = f"approved in Slack by {approved or 'somebody'}"
    if plan.requested_by and plan.requested_by not in plan.approvals:
        people = f"asked for by {plan.requested_by}, {people}"
    return clip(f"{undone}{in_words(part)}; {people}; incident {incident.id}", _MESSAGE)
