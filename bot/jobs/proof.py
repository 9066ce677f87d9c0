"""What a fresh reading says of a change that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import RestartWorkload
from diagnostics.result import Status, Verdict

if TYPE_CHECKING:
    from diagnostics.fix.plan import Fix
    from diagnostics.result import Diagnosis
    from handlers.incident import Incident, Plan

_OLD_PODS: Final = frozenset(("IRSA201", "IRSA208", "IRSA217"))
"""Failures that pass once a rollout has replaced the pods; while it runs, no second restart is offered."""


def proof(incident: Incident, plan: Plan, *, trouble: str | None) -> str:
    """A clause: proved by re-reading, or what remains.

    Args:
        incident: With the diagnoses made after the change.
        plan: The change.
        trouble: Why nothing could be read again, if so.
    """
    if trouble is not None:
        return f"written, but not proved: it could not be read again ({trouble})"
    if plan.position >= len(incident.diagnoses):
        return "written, but not proved: what it was about is no longer in the reply"
    diagnosis = incident.diagnoses[plan.position]
    if plan.undoes is not None:
        return f"re-read: {_lower(diagnosis.headline)}"
    if diagnosis.verdict is Verdict.HEALTHY:
        return "proved by re-reading: every check passes now"
    return _remains(incident, plan, diagnosis)


def _remains(incident: Incident, plan: Plan, diagnosis: Diagnosis) -> str:
    if still_wanted(incident, plan.fix):
        if isinstance(plan.fix, RestartWorkload):
            return "re-read: not all pods are replaced yet; press Check again in a minute"
        return "written, but re-reading still asks for it; press Check again in a minute"
    if diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE:
        return "re-read: this part is right now, but not everything could be read"
    return f"re-read: this part is right now; what remains: {_lower(diagnosis.headline)}"


def still_wanted(incident: Incident, fix: Fix) -> bool:
    """Whether a diagnosis still offers a fix of the same thing, or waits for the rollout that it began."""
    if isinstance(fix, RestartWorkload) and any(
        result.code in _OLD_PODS and result.status is Status.FAIL
        for diagnosis in incident.diagnoses
        if (diagnosis.target.cluster, diagnosis.target.namespace) == (fix.cluster, fix.namespace)
        for result in diagnosis.results
    ):
        return True
    return any(
        offered.subject == fix.subject
        for diagnosis in incident.diagnoses
        for offered in diagnosis.fixes
    )


def _lower(headline: str) -> str:
    """A headline inside a sentence; names and abbreviations stay as they are."""
    first, second = headline[:1], headline[1:2]
    return headline if second.isupper() else first.lower() + headline[1:]
