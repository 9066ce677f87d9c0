"""What a fresh reading says of a change that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload, parts_of
from diagnostics.languages import say
from diagnostics.proof.words import clause
from diagnostics.result import Status, Verdict

if TYPE_CHECKING:
    from diagnostics.fix.plan import Fix
    from diagnostics.result import Diagnosis
    from handlers.incident import Incident, Plan

_OLD_PODS: Final = frozenset(("IRSA201", "IRSA208", "IRSA217"))
"""Failures that pass once a rollout has replaced the pods; while it runs, no second restart is offered."""


def proof(incident: Incident, plan: Plan, *, trouble: str | None) -> str:
    """A clause: proved by re-reading and by STS where it was asked, or what remains.

    Args:
        incident: With the diagnoses made after the change.
        plan: The change.
        trouble: Why nothing could be read again, if so.
    """
    if trouble is not None:
        return say(
            "written, but not proved: it could not be read again ({trouble})", trouble=trouble
        )
    if plan.position >= len(incident.diagnoses):
        return say("written, but not proved: what it was about is no longer in the reply")
    diagnosis = incident.diagnoses[plan.position]
    asked = "; " + clause(diagnosis.proof) if diagnosis.proof is not None else ""
    if plan.undoes is not None:
        then = say("; running pods keep what they have until they are restarted")
        kept = then if isinstance(plan.fix, AnnotateServiceAccount) else ""
        return say(
            "re-read: {clause}{kept}{asked}",
            clause=diagnosis.headline,
            kept=kept,
            asked=asked,
        )
    if diagnosis.verdict is Verdict.HEALTHY:
        return say("proved by re-reading: every check passes now{asked}", asked=asked)
    if diagnosis.root is None and diagnosis.proof is not None and diagnosis.proof.refused:
        return say("re-read: every check passes now, but not that of STS{asked}", asked=asked)
    return _remains(incident, plan, diagnosis) + asked


def spreading(incident: Incident, plan: Plan) -> bool:
    """Whether only STS still says no: IAM takes seconds to spread a change."""
    if plan.undoes is not None or plan.position >= len(incident.diagnoses):
        return False
    diagnosis = incident.diagnoses[plan.position]
    return diagnosis.root is None and diagnosis.proof is not None and diagnosis.proof.refused


def _remains(incident: Incident, plan: Plan, diagnosis: Diagnosis) -> str:
    if still_wanted(incident, plan.fix):
        if any(isinstance(part, RestartWorkload) for part in parts_of(plan.fix)):
            return say("re-read: not all pods are replaced yet; press Check again in a minute")
        return say("written, but re-reading still asks for it; press Check again in a minute")
    if diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE:
        return say("re-read: this part is in order, but not everything could be read")
    return say("re-read: this part is in order; what remains: {clause}", clause=diagnosis.headline)


def still_wanted(incident: Incident, fix: Fix) -> bool:
    """Whether a diagnosis still offers a part of a fix, or waits for the rollout that it began."""
    parts = parts_of(fix)
    subjects = {part.subject for part in parts}
    restarted = any(isinstance(part, RestartWorkload) for part in parts)
    if restarted and any(
        result.code in _OLD_PODS and result.status is Status.FAIL
        for diagnosis in incident.diagnoses
        if (diagnosis.target.cluster, diagnosis.target.namespace) == (fix.cluster, fix.namespace)
        for result in diagnosis.results
    ):
        return True
    return any(
        part.subject in subjects
        for diagnosis in incident.diagnoses
        for offered in diagnosis.fixes
        for part in parts_of(offered)
    )
