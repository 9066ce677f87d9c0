"""What is asked where a search leaves the target open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.case import Candidate, Question
from diagnostics.fleet import Hints
from diagnostics.languages import Words, as_sentence, joined, say
from diagnostics.locate.naming import clusters_named
from diagnostics.text.near_name import nearest

if TYPE_CHECKING:
    from diagnostics.case import Case
    from diagnostics.fleet import Fleet
    from diagnostics.locate.clues import Clues
    from diagnostics.locate.cluster import Guess
    from diagnostics.locate.workload import Scored

_NAMED: Final = 10
"""Clusters of the fleet that a question names."""
_PARTS: Final = {
    "cluster": say("cluster"),
    "namespace": say("namespace"),
    "service_account": say("service account"),
}


def no_such_cluster(case: Case, fleet: Fleet) -> Question | None:
    """Ask at once where a person named a cluster that the fleet does not have; None where that is not so."""
    name = case.hints.cluster
    known = [c.name for c in fleet.clusters]
    if not known:
        return Question(text=say("The fleet file names no cluster yet."), missing=("cluster",))
    if name is None or clusters_named(name, fleet):
        return None
    meant = nearest(name, known)
    shown: Words = ", ".join(sorted(known)[:_NAMED])
    if len(known) > _NAMED:
        shown = say("{names}, and {count} more", names=shown, count=f"{len(known) - _NAMED:,}")
    cluster = repr(name[:100])
    return Question(
        text=say(
            "Cluster {cluster} is neither in the fleet file nor found by EKS; did you mean {meant}? Known: {known}.",
            cluster=cluster,
            meant=meant,
            known=shown,
        )
        if meant
        else say(
            "Cluster {cluster} is neither in the fleet file nor found by EKS. Known: {known}.",
            cluster=cluster,
            known=shown,
        ),
        missing=("cluster",),
        known=Hints(
            namespace=case.hints.namespace,
            service_account=case.hints.service_account,
            workload=case.hints.workload,
            role_arn=case.hints.role_arn,
        ),
    )


def which_one(
    clues: Clues,
    candidates: tuple[Scored, ...],
    troubles: tuple[Words, ...],
    guesses: tuple[Guess, ...] = (),
) -> Question:
    """Ask which of the candidates it is, or for what is missing.

    Args:
        clues: What is known.
        candidates: Best first; none: the form is all that is left.
        troubles: What could not be looked at, and why; three of them are said.
        guesses: The clusters in question, best first.
    """
    sure = guesses[0].entry.name if guesses and guesses[0].sure else None
    cluster = clues.cluster if clues.cluster and sure == clues.cluster else sure
    missing = [
        what
        for what, value in (
            ("cluster", cluster),
            ("namespace", clues.namespace),
            ("service_account", clues.service_account or clues.workload),
        )
        if value is None
    ]
    if len(candidates) > 1:
        text = say("Several service accounts fit; which one is it?")
    elif candidates:
        text = say("One service account may fit; is this the one?")
    else:
        text = say("I can't tell which {parts} this is about.", parts=_parts(missing))
    return Question(
        text=joined((text, *(t if t.endswith(".") else as_sentence(t) for t in troubles[:3])), " "),
        missing=tuple(missing) or ("service_account",),
        candidates=tuple(Candidate(target=c.target, reason=c.reason) for c in candidates),
        known=Hints(
            cluster=cluster,
            namespace=clues.namespace,
            service_account=clues.service_account,
            workload=clues.workload,
            role_arn=str(clues.role) if clues.role else None,
        ),
    )


def _parts(missing: list[str]) -> Words:
    names = [_PARTS[one] for one in missing] or [_PARTS["service_account"]]
    if len(names) == 1:
        return names[0]
    return say("{some} and {last}", some=joined(names[:-1], ", "), last=names[-1])
