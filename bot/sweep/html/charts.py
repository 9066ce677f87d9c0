"""Charts as inline HTML and SVG: every bar has its number and its word, so that no meaning hangs on colour."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH: Final = 1030


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar of a chart."""

    label: str
    causes: int = 0
    risks: int = 0

    @property
    def total(self) -> int:
        """Both."""
        return self.causes + self.risks


def bars(title: str, rows: Sequence[Row], *, what: str = "findings") -> str:
    """Horizontal bars, causes filled and risks hatched, with their numbers behind; plain text where styles are off."""
    if not rows:
        return f'<p class="none">No {escape(what)}.</p>'
    most = max(row.total for row in rows) or 1
    parts = [f'<ul class="bars" aria-label="{escape(title)}">']
    for row in rows:
        stripes = "".join(
            f'<i class="{kind}-bar" style="width:{count / most * 100:.2f}%"></i>'
            for count, kind in ((row.causes, "cause"), (row.risks, "risk"))
            if count
        )
        parts.append(
            f'<li><span class="label">{escape(row.label)}</span>'
            f'<span class="bar" aria-hidden="true">{stripes}</span>'
            f'<span class="number">{_numbers(row)}</span></li>'
        )
    parts.append("</ul>")
    return "".join(parts)


def _numbers(row: Row) -> str:
    words = []
    if row.causes:
        words.append(f"{row.causes:,} cause{'' if row.causes == 1 else 's'}")
    if row.risks:
        words.append(f"{row.risks:,} risk{'' if row.risks == 1 else 's'}")
    return " · ".join(words) or "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One sweep on the time axis."""

    at: float
    """Seconds since the epoch."""
    label: str
    causes: int
    risks: int


def trend(moments: Sequence[Moment]) -> str:
    """Two lines over time, each with its name and its last number."""
    if len(moments) < 2:  # noqa: PLR2004  a line needs two points
        return '<p class="none">No earlier sweep to compare with. Pass the JSON of one with --since.</p>'
    left, right, top, bottom = 60, 170, 16, 36
    height = 240
    first, last = moments[0].at, moments[-1].at
    span = (last - first) or 1.0
    most = max(max(m.causes, m.risks) for m in moments) or 1
    most = _round(most)

    def x(moment: Moment) -> float:
        return left + (moment.at - first) / span * (_WIDTH - left - right)

    def y(count: int) -> float:
        return top + (1 - count / most) * (height - top - bottom)

    parts = [
        '<div class="scroll" tabindex="0" role="region" aria-label="Trend">',
        f'<svg class="trend" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Causes and risks over time">',
        "<title>Causes and risks over time</title>",
    ]
    for step in range(5):
        count = most * step // 4
        parts.append(
            f'<line class="grid" x1="{left}" x2="{_WIDTH - right}" y1="{y(count):.1f}" y2="{y(count):.1f}"/>'
            f'<text class="axis" x="{left - 8}" y="{y(count) + 4:.1f}" text-anchor="end">{count:,}</text>'
        )
    for moment, anchor in ((moments[0], "start"), (moments[-1], "end")):
        parts.append(
            f'<text class="axis" x="{x(moment):.1f}" y="{height - 12}" text-anchor="{anchor}">'
            f"{escape(moment.label)}</text>"
        )
    ends = {"cause": moments[-1].causes, "risk": moments[-1].risks}
    places = _apart({kind: y(count) for kind, count in ends.items()})
    for kind, name in (("cause", "causes"), ("risk", "risks")):
        points = " ".join(
            f"{x(m):.1f},{y(m.causes if kind == 'cause' else m.risks):.1f}" for m in moments
        )
        parts.append(f'<polyline class="line {kind}-line" points="{points}"/>')
        parts.extend(
            f'<circle class="{kind}-dot" cx="{x(m):.1f}" '
            f'cy="{y(m.causes if kind == "cause" else m.risks):.1f}" r="3.5"/>'
            for m in moments
        )
        parts.append(
            f'<text class="number" x="{_WIDTH - right + 12}" y="{places[kind] + 4:.1f}">'
            f"{ends[kind]:,} {name}</text>"
        )
    parts.append("</svg></div>")
    return "".join(parts)


def _apart(places: dict[str, float]) -> dict[str, float]:
    """Move two labels apart that would stand on each other."""
    (one, high), (other, low) = sorted(places.items(), key=lambda item: item[1])
    if low - high >= 18:  # noqa: PLR2004  a line of text
        return places
    middle = (low + high) / 2
    return {one: middle - 9, other: middle + 9}


def _round(number: int) -> int:
    """The next number that four equal steps divide well."""
    step = 4
    while step < number:
        step = step * 5 // 2 if str(step).startswith("4") else step * 2
    return step - step % 4
