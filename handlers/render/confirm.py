"""The dialog before a change: the object, before and after, what it rests on, what follows, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import AnnotateServiceAccount, RestartWorkload
from diagnostics.fix.trust import diff
from diagnostics.visible import visible
from handlers.blockkit import build, clip, escape
from handlers.render.card import CONFIRM
from handlers.render.finding import where

if TYPE_CHECKING:
    from diagnostics.fix.plan import Fix, UpdateTrustPolicy
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
    if isinstance(fix, AnnotateServiceAccount):
        title, change, then, undo = _annotation(fix)
    elif isinstance(fix, RestartWorkload):
        title, change, then, undo = _restart(fix)
    else:
        title, change, then, undo = _trust_policy(fix)
    if undoing:
        undo = "This takes an earlier change back. Check again offers the fix anew."
    asked = f"{'Take back' if undoing else title} on {_object(fix)} in {fix.namespace}, cluster {fix.cluster}?"
    return build.modal(
        "Undo" if undoing else title,
        [
            build.context(where(diagnosis, whole=True)),
            build.rich_text(build.paragraph(build.run(asked, bold=True))),
            *(build.preformatted(piece, language="diff", limit=_TEXT) for piece in _pieces(change)),
            build.rich_text(
                build.paragraph(then), build.paragraph("\n", build.run(undo, code=False))
            ),
            *([build.context(source)] if (source := _source(fix, diagnosis)) else []),
            *([build.context(approvals)] if approvals else []),
        ],
        callback_id=CONFIRM,
        submit=submit or ("Undo" if undoing else title),
        close="Cancel",
        private_metadata=plan_id,
    )


def _source(fix: Fix, diagnosis: Diagnosis) -> str | None:
    """Which tool will put back what it knows, and where to make the change as well."""
    if not isinstance(fix, AnnotateServiceAccount):
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
    return [*pieces[:_MOST], "… too long to be shown whole: apply it by hand, from Show all checks"]


def _annotation(fix: AnnotateServiceAccount) -> tuple[str, str, str, str]:
    before = f"- {fix.key}: {_value(fix.before)}" if fix.before is not None else None
    after = f"+ {fix.key}: {_value(fix.after)}" if fix.after is not None else None
    then = (
        "Only this annotation is written, with the fix role, and only if it still has the value shown "
        "here. Running pods keep the credentials they have until they restart."
    )
    change = "\n".join(line for line in (before, after) if line)
    return "Apply annotation", change, then, f"To take it back: {fix.undo().command}"


def _restart(fix: RestartWorkload) -> tuple[str, str, str, str]:
    count = f"{fix.pods} pod{'s' if fix.pods != 1 else ''}" if fix.pods else "its pods"
    change = f"+ kubectl.kubernetes.io/restartedAt: now\n  on the pod template of {fix.ref}"
    then = (
        f"Kubernetes replaces {count} by the workload's own update strategy, so that the webhook "
        "injects the role into the new ones."
    )
    watch = f"kubectl -n {fix.namespace} rollout status {fix.ref}"
    return "Restart pods", change, then, f"A restart cannot be taken back. To watch it: {watch}"


def _trust_policy(fix: UpdateTrustPolicy) -> tuple[str, str, str, str]:
    then = (
        f"The whole trust policy of {fix.role_arn} is replaced, with the fix role of account {fix.account}, "
        "and only if it is still the one shown here. Everybody who may assume the role is governed by it; IAM "
        "takes some seconds to spread it."
    )
    if fix.source is not None:
        then += f" {fix.source}, or this is put back at the next run."
    undo = "The policy as it was is kept: the reply offers Undo for a day."
    return "Apply trust policy", visible(diff(fix)), then, undo


def _object(fix: Fix) -> str:
    if isinstance(fix, AnnotateServiceAccount):
        return fix.name
    return str(fix.ref) if isinstance(fix, RestartWorkload) else fix.role_arn.rpartition("/")[2]


def _value(text: str | None) -> str:
    return visible(clip(text or "", 600)) or '""'


__all__ = ["confirm_modal"]
