"""What was done and what can be done: the deeds of a reply, the buttons of its fixes, and the way back."""

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
from diagnostics.languages import aloud, say, speak
from handlers.blockkit import build, escape
from handlers.render.card import APPLY, BOTH, PROVIDER, RESTART, TRUST, UNDO, Deed
from handlers.render.moments import clock, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnostics.fix.plan import Fix
    from handlers.blockkit import Block
    from handlers.render.card import Happening, OfferedFix

DEEDS: Final = {Deed.RUNNING: say("Now"), Deed.DONE: say("Done"), Deed.FAILED: say("Failed")}
_NEWEST: Final = 5
_BUTTONS: Final = 4


def happening_blocks(happenings: tuple[Happening, ...]) -> Iterator[Block]:
    """The newest deeds, each with who asked, who approved, who did it, and when."""
    for happening in happenings[-_NEWEST:]:
        people = [_mention(happening.by)]
        if happening.requested_by is not None:
            people.append(speak("asked by {mention}", mention=_mention(happening.requested_by)))
        if happening.approved_by:
            people.append(
                speak("approved by ") + ", ".join(_mention(u) for u in happening.approved_by)
            )
        yield build.context(
            f"*{aloud(DEEDS[happening.deed])}*  {escape(happening.words)}  ·  {'  ·  '.join(people)}  ·  "
            f"{clock(happening.at)}"
        )


def fix_buttons(fixes: tuple[OfferedFix, ...]) -> list[Block]:
    """A button per offered fix; what takes a change back comes last, and always has a place."""
    return [_button(offered, at) for at, offered in enumerate(_shown(fixes))]


def undo_blocks(fixes: tuple[OfferedFix, ...]) -> Iterator[Block]:
    """Until when each change can be taken back."""
    for offered in _shown(fixes):
        if offered.undo_until is not None:
            yield build.context(
                speak(
                    "Undo of {subject}: until {moment}, if nobody changed it since.",
                    subject=escape(offered.fix.subject),
                    moment=moment(offered.undo_until),
                )
            )


def _shown(fixes: tuple[OfferedFix, ...]) -> list[OfferedFix]:
    undos = [f for f in fixes if f.undo_until is not None]
    shown = [f for f in fixes if f.undo_until is None][: _BUTTONS - min(len(undos), 1)]
    return shown + undos[: _BUTTONS - len(shown)]


def _button(offered: OfferedFix, at: int) -> Block:
    fix = offered.fix
    number = f":{at}" if at else ""
    if offered.undo_until is not None:
        return build.button(
            UNDO + number,
            speak("Undo"),
            offered.plan_id,
            accessibility_label=speak("Take back the change of {object}", object=object_of(fix)),
        )
    action, label, heard = _named(fix)
    style: build.Style | None = None if at else "primary"
    return build.button(
        action + number, label, offered.plan_id, style=style, accessibility_label=heard
    )


def _named(fix: Fix) -> tuple[str, str, str]:
    """Action, label, and what a screen reader says."""
    match fix:
        case AnnotateServiceAccount():
            label = aloud(fix.summary) if fix.after is not None else speak("Remove annotation")
            return APPLY, label, speak("{label}: {object}", label=label, object=object_of(fix))
        case AnnotateAndRestart():
            pods = " and ".join(str(one.ref) for one in fix.restarts)
            label = aloud(fix.summary)
            return (
                BOTH,
                label,
                speak(
                    "Annotate {object}, then restart the pods of {pods}",
                    object=object_of(fix),
                    pods=pods,
                )
                if fix.annotate.after is not None
                else speak(
                    "Remove the annotation of {object}, then restart the pods of {pods}",
                    object=object_of(fix),
                    pods=pods,
                ),
            )
        case RestartWorkload():
            return (
                RESTART,
                aloud(fix.summary),
                speak(
                    "Restart the pods of {workload} in {namespace}",
                    workload=fix.ref,
                    namespace=fix.namespace,
                ),
            )
        case UpdateTrustPolicy():
            return (
                TRUST,
                aloud(fix.summary),
                speak("Replace the trust policy of {role_arn}", role_arn=fix.role_arn),
            )
        case SetClientIds() | SetProvider():
            return PROVIDER, aloud(fix.summary), f"{aloud(fix.summary)}: {fix.provider_arn}"


def object_of(fix: Fix) -> str:
    """What is changed, in few words."""
    match fix:
        case AnnotateServiceAccount():
            return speak(
                "service account {namespace}/{name}", namespace=fix.namespace, name=fix.name
            )
        case AnnotateAndRestart():
            return object_of(fix.annotate)
        case RestartWorkload():
            return str(fix.ref)
        case UpdateTrustPolicy():
            return speak("role {name}", name=fix.role_name)
        case SetClientIds() | SetProvider():
            return speak("the OIDC provider in account {account}", account=fix.account)


def _mention(user: str) -> str:
    return f"<@{escape(user)}>"


__all__ = ["DEEDS", "fix_buttons", "happening_blocks", "object_of", "undo_blocks"]
