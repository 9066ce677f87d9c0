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
from diagnostics.visible import visible
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
                yield f"Runs as this service account: {_listed(impact.workloads)}."
            if impact.bare:
                yield (
                    f"{_counted(impact.bare, 'pod')} that nothing makes anew: delete and create "
                    f"{'it' if impact.bare == 1 else 'them'} by hand."
                )
        case RestartWorkload():
            yield from _restarted(part, impact)
        case UpdateTrustPolicy():
            if impact.trusted:
                yield f"The policy also names: {_listed(impact.trusted)}. They stay let in as before."
            if impact.users:
                yield f"Also seen to carry this role: {_listed(impact.users)}."
        case SetClientIds() | SetProvider():
            if impact.users:
                yield f"Also seen to carry this role: {_listed(impact.users)}."


def _restarted(part: RestartWorkload, impact: Impact) -> Iterator[str]:
    pods = [pod for pod in impact.pods if pod.workload == str(part.ref)]
    if pods:
        ready = [pod.ready for pod in pods if pod.ready is not None]
        told = f"; {sum(ready)} of {len(ready)} ready now" if ready else ""
        more = impact.pod_count > len(impact.pods)
        yield f"Replaced: {_listed([p.name for p in pods], more=more)}{told}."
    rollout = next((one for one in impact.rollouts if one.workload == str(part.ref)), None)
    if rollout is not None:
        yield _strategy(rollout)
        if rollout.source is not None:
            yield (
                f"{rollout.source}. A restart changes the live object only; if it is put back, the pods are replaced "
                "once more."
            )


def _strategy(rollout: Rollout) -> str:
    if rollout.by_hand:
        return (
            f"{rollout.workload} has the update strategy OnDelete: after the restart, each pod must be deleted by "
            "hand before a new one comes."
        )
    strategy = f" ({rollout.strategy})" if rollout.strategy else ""
    return (
        f"{rollout.workload} replaces its pods by its own strategy{strategy}; a PodDisruptionBudget does not hold "
        "a rollout back."
    )


def _listed(names: Sequence[str], *, more: bool = False) -> str:
    shown = [visible(clip(name, 120)) for name in names[:_NAMES]]
    left = len(names) - len(shown)
    if left > 0 or more:
        shown.append(f"{left} more" if left > 0 and not more else "and more")
    return ", ".join(shown)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
