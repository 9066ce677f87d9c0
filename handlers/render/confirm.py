"""The dialog before a change: the object, before and after, what it rests on, what follows, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import (
    AnnotateAndRestart,
    AnnotateServiceAccount,
    RestartWorkload,
    SetClientIds,
    SetProvider,
    UpdateTrustPolicy,
)
from diagnostics.languages import speak
from handlers.blockkit import build, escape
from handlers.render.blast_radius import touched_lines
from handlers.render.card import CONFIRM
from handlers.render.changes import change_of
from handlers.render.deeds import object_of
from handlers.render.finding import where
from handlers.render.shorten import prose

if TYPE_CHECKING:
    from diagnostics.fix.plan import Fix
    from diagnostics.result import Diagnosis
    from handlers.blockkit import Block

_TEXT: Final = 2_800
_LINE: Final = 2_000
_OWNED: Final = "IRSA110"
_MOST: Final = 20
"""Blocks of one change; a trust policy has at most 4,096 characters beside its white space."""


def confirm_modal(
    fix: Fix,
    plan_id: str,
    diagnosis: Diagnosis,
    *,
    undoing: bool = False,
    approvals: str | None = None,
    submit: str | None = None,
) -> Block:
    """Ask before a fix.

    Args:
        fix: What will be changed.
        plan_id: Carried along.
        diagnosis: What offers it.
        undoing: Whether it takes an earlier change back.
        approvals: How the approvals stand, in plain words, where one press is not all that it takes.
        submit: The button, where it does not apply the fix at once.
    """
    change = change_of(fix)
    undo = (
        speak("This takes an earlier change back. Check again offers the fix anew.")
        if undoing
        else change.undo
    )
    asked = _asked(fix, speak("Take back") if undoing else change.title)
    touched = touched_lines(fix, diagnosis.impact)
    return build.modal(
        speak("Undo") if undoing else change.title,
        [
            build.context(where(diagnosis, whole=True)),
            build.rich_text(build.paragraph(build.run(asked, bold=True))),
            *(
                build.preformatted(piece, language="diff", limit=_TEXT)
                for piece in _pieces(change.lines)
            ),
            build.rich_text(
                build.paragraph(*prose(change.then, limit=_LINE)),
                build.paragraph("\n", *prose(undo, limit=_LINE)),
            ),
            *([build.rich_text(build.bullets(touched))] if touched else []),
            *([build.context(source)] if (source := _source(fix, diagnosis)) else []),
            *([build.context(approvals)] if approvals else []),
        ],
        callback_id=CONFIRM,
        submit=submit or (speak("Undo") if undoing else change.title),
        close=speak("Cancel"),
        private_metadata=plan_id,
    )


def _asked(fix: Fix, what: str) -> str:
    if isinstance(fix, SetClientIds | SetProvider | UpdateTrustPolicy):
        return speak(
            "{what}: {object}, for {namespace} on cluster {cluster}?",
            what=what,
            object=object_of(fix),
            namespace=fix.namespace,
            cluster=fix.cluster,
        )
    return speak(
        "{what}: {object} in {namespace}, cluster {cluster}?",
        what=what,
        object=_bare_name(fix),
        namespace=fix.namespace,
        cluster=fix.cluster,
    )


def _bare_name(fix: AnnotateServiceAccount | AnnotateAndRestart | RestartWorkload) -> str:
    """The kind and the name, for a question that says the namespace and the cluster itself."""
    match fix:
        case AnnotateServiceAccount():
            return speak("service account {name}", name=fix.name)
        case AnnotateAndRestart():
            return _bare_name(fix.annotate)
        case RestartWorkload():
            return str(fix.ref)


def _source(fix: Fix, diagnosis: Diagnosis) -> str | None:
    """Which tool will put back what it knows, and where to make the change as well."""
    if not isinstance(fix, AnnotateServiceAccount | AnnotateAndRestart):
        return None
    owned = next((r.finding for r in diagnosis.results if r.code == _OWNED and r.finding), None)
    return None if owned is None else escape(f"{owned.headline}. {owned.next}")


def _pieces(change: str) -> list[str]:
    """The whole change in blocks: nobody approves what they can't see."""
    pieces = [""]
    for line in change.splitlines():
        for start in range(0, max(len(line), 1), _LINE):
            part = line[start : start + _LINE]
            if pieces[-1] and len(pieces[-1]) + len(part) + 1 > _TEXT:
                pieces.append("")
            pieces[-1] += f"\n{part}" if pieces[-1] else part
    if len(pieces) <= _MOST:
        return pieces
    return [
        *pieces[:_MOST],
        speak("… too long to be shown whole: apply it by hand, from Show all checks"),
    ]


__all__ = ["confirm_modal"]
