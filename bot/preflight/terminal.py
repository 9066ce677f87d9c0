"""A preflight for a terminal: what does not work first to last, then the texts that mend it."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.text import Text

from bot.preflight.outcome import MOST_FOUND, State
from diagnostics.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from bot.preflight.outcome import Check, Outcome, Place

_STYLES: Final = {
    State.WORKS: "green",
    State.MISSING: "bold red",
    State.NO_ANSWER: "bold yellow",
    State.OPTIONAL: "dim",
    State.SKIPPED: "dim",
}
_WIDTH: Final = max(len(state) for state in State)


def terminal(outcome: Outcome, *, details: bool = False) -> RenderableType:
    """Every place; with `details` also each check that works."""
    parts: list[RenderableType] = []
    for place in outcome.places:
        parts.extend(_place(place, details=details))
    if outcome.left_out:
        parts.append(
            Text(
                f"{outcome.left_out} clusters that the inventory found beyond the first {MOST_FOUND} are not tried; "
                "`irsa inventory` names them."
            )
        )
    good = sum(place.works for place in outcome.places)
    parts.append(
        Text(
            f"{good} of {len(outcome.places)} places work; {outcome.seconds:.1f} s.",
            style="bold green" if outcome.works else "bold red",
        )
    )
    return Group(*parts)


def _place(place: Place, *, details: bool) -> Iterator[RenderableType]:
    tried = [check for check in place.checks if check.state is not State.SKIPPED]
    untried = len(place.checks) - len(tried)
    working = sum(check.state is State.WORKS for check in tried)
    named = place.kind in ("account", "cluster")
    name = f"{place.kind} {place.name}" if named else place.name
    verdict = "works" if place.works else "does not work"
    yield Text.assemble(
        (visible(name), "bold"),
        " (found by inventory)" if place.discovered else "",
        f": {verdict}, ",
        f"{working} of {len(tried)} checks pass",
        f", {untried} not tried" if untried else "",
    )
    shown = [c for c in place.checks if details or c.state not in (State.WORKS, State.SKIPPED)]
    for check in shown:
        yield from _check(check)
    for remedy in place.remedies:
        yield _indented(f"{visible(remedy.title)}:", 2, style="bold")
        yield _indented(remedy.text, 4)
    if shown:
        yield Text()


def _check(check: Check) -> Iterator[RenderableType]:
    yield Text.assemble(
        "  ", (f"{check.state:<{_WIDTH}}", _STYLES[check.state]), "  ", visible(check.what)
    )
    if check.state is State.WORKS:
        return
    lines = (("why", check.why), ("needed for", check.needed_for), ("to mend it", check.enable))
    for label, words in lines:
        if words:
            yield _indented(f"{label}: {visible(words)}", _WIDTH + 4)


def _indented(text: str, by: int, *, style: str = "") -> Text:
    """Text that keeps its lines however narrow the terminal is: it is there to be copied."""
    return Text(indent(text, " " * by), style=style, no_wrap=True, overflow="ignore")
