"""What a fix would touch beside the thing itself, as lines of the dialog before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.fix.plan import (
    AnnotateServiceAccount,
    RestartWorkload,
    SetClientIds,
    SetProvider,
    UpdateTrustPolicy,
    parts_of,
)
from diagnostics.languages import aloud, speak
from diagnostics.text.visible import visible
from handlers.blockkit import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnostics.fix.impact import Impact, Rollout
    from diagnostics.fix.plan import Fix, Part

_NAMES: Final = 8


def touched_lines(fix: Fix, impact: Impact | None) -> list[str]:
    """What else is touched, one short sentence each; empty where nothing is known."""
    if impact is None:
        return []
    lines: dict[str, None] = {}
    for part in parts_of(fix):
        lines.update(dict.fromkeys(_of(part, impact)))
    return list(lines)


def _of(part: Part, impact: Impact) -> Iterator[str]:
    match part:
        case AnnotateServiceAccount():
            if impact.workloads:
                yield speak(
                    "Runs as this service account: {workloads}.",
                    workloads=_listed(impact.workloads),
                )
            if impact.bare == 1:
                yield speak("1 pod that nothing makes anew: delete and create it by hand.")
            elif impact.bare:
                yield speak(
                    "{count} pods that nothing makes anew: delete and create them by hand.",
                    count=impact.bare,
                )
        case RestartWorkload():
            yield from _restarted(part, impact)
        case UpdateTrustPolicy():
            if impact.trusted:
                yield speak(
                    "The policy also names: {subjects}. They stay let in as before.",
                    subjects=_listed(impact.trusted),
                )
            yield from _users(impact)
        case SetClientIds() | SetProvider():
            yield from _users(impact)


def _users(impact: Impact) -> Iterator[str]:
    if impact.users:
        yield speak("Also seen to carry this role: {users}.", users=_listed(impact.users))


def _restarted(part: RestartWorkload, impact: Impact) -> Iterator[str]:
    pods = [pod for pod in impact.pods if pod.workload == str(part.ref)]
    if pods:
        names = _listed([p.name for p in pods], more=impact.pod_count > len(impact.pods))
        ready = [pod.ready for pod in pods if pod.ready is not None]
        yield (
            speak(
                "Replaced: {pods}; {ready} of {count} ready now.",
                pods=names,
                ready=sum(ready),
                count=len(ready),
            )
            if ready
            else speak("Replaced: {pods}.", pods=names)
        )
    rollout = next((one for one in impact.rollouts if one.workload == str(part.ref)), None)
    if rollout is not None:
        yield _strategy(rollout)
        if rollout.source is not None:
            yield speak(
                "{source}. A restart changes the live object only; if it is put back, the pods are replaced once more.",
                source=aloud(rollout.source),
            )


def _strategy(rollout: Rollout) -> str:
    if rollout.by_hand:
        return speak(
            "{workload} has the update strategy OnDelete: after the restart, each pod must be deleted by hand before "
            "a new one comes.",
            workload=rollout.workload,
        )
    return speak(
        "{workload} replaces its pods by its own strategy{strategy}; a PodDisruptionBudget does not hold a rollout "
        "back.",
        workload=rollout.workload,
        strategy=f" ({rollout.strategy})" if rollout.strategy else "",
    )


def _listed(names: Sequence[str], *, more: bool = False) -> str:
    shown = [visible(clip(name, 120)) for name in names[:_NAMES]]
    left = len(names) - len(shown)
    if more:
        shown.append(speak("and more"))
    elif left > 0:
        shown.append(speak("{count} more", count=left))
    return ", ".join(shown)
