"""A preflight in Slack: what does not work first, with the texts that mend it, within one message. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.preflight.outcome import MOST_FOUND, TROUBLES, State
from diagnostics.languages import Said, aloud, speak
from diagnostics.text.visible import visible
from handlers.blockkit import build, characters, clip, escape
from handlers.render.card import Message
from handlers.render.moments import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from bot.preflight.outcome import Check, Outcome, Place, Remedy
    from diagnostics.fleet import Fleet
    from handlers.blockkit import Block
    from handlers.reach import Reach

_GROUPS: Final = 4
_CHECKS: Final = 8
"""Of one place: ways in which they ended, and checks that ended in one way."""
_REMEDY: Final = 2_400
"""Characters; a policy that is cut is none."""
_BLOCKS: Final = 40
_ROOM: Final = 9_000
"""Characters of one message for places; Slack takes 12,000 in all."""
_NAMES: Final = 5
_ALIKE: Final = 10


def readable(outcome: Outcome, reach: Reach, fleet: Fleet) -> tuple[Place, ...]:
    """The places that somebody may read; what belongs to no account, who reads everything."""
    clusters = {cluster.name: cluster for cluster in fleet.clusters}

    def may(place: Place) -> bool:
        if place.kind == "account":
            return reach.reads_account(_account(place), fleet)
        if place.kind == "cluster":
            cluster = clusters.get(place.name)
            return cluster is not None and reach.reads_cluster(cluster)
        return not reach.is_limited

    return tuple(place for place in outcome.places if may(place))


def named(places: Sequence[Place], name: str) -> tuple[Place, ...]:
    """The places that go by a name: an account's ID or name, a cluster's, `slack`."""
    wanted = name.casefold()
    return tuple(place for place in places if wanted in _names(place))


def standing_line(places: Sequence[Place], finished: datetime) -> str:
    """One line of mrkdwn for `/irsa status`."""
    summary = _summary(places, finished)
    if all(place.works for place in places):
        return summary
    return speak(
        "{summary} `/irsa preflight` says what is missing, with the text that mends it.",
        summary=summary,
    )


def preflight_message(places: Sequence[Place], finished: datetime, *, left_out: int = 0) -> Message:
    """What does not work, as much of it as one message holds; the rest by name.

    Args:
        places: Those that the reader may read.
        finished: When the walk ended.
        left_out: Clusters that were found and not tried.
    """
    bad = [place for place in places if not place.works]
    words = _summary(places, finished)
    blocks: list[Block] = [build.section(words)]
    left: list[Place] = []
    for alike in _alike(bad):
        more = list(_place(alike))
        if len(blocks) > 1 and (
            len(blocks) + len(more) > _BLOCKS or characters([*blocks, *more]) > _ROOM
        ):
            left += alike
            continue
        blocks += more
    if left:
        rest = speak(
            "Not shown here: {names}. `/irsa preflight NAME` shows one of them; `irsa preflight` on a terminal all.",
            names=_listed(left, most=20),
        )
        blocks.append(build.section(rest))
    if left_out:
        beyond = speak(
            "Not tried: {count} clusters found beyond the first {most} by inventory. `irsa inventory` names them.",
            count=left_out,
            most=MOST_FOUND,
        )
        blocks.append(build.section(beyond))
    return Message(text=words, blocks=blocks)


def _alike(bad: Sequence[Place]) -> Iterable[list[Place]]:
    """Places that lack the same and are mended by the same text: a rollout forgets hundreds of clusters at once."""
    groups: dict[object, list[Place]] = {}
    for place in bad:
        lacking = tuple((c.what, c.state) for c in place.checks if c.state in TROUBLES)
        groups.setdefault((place.kind, lacking, place.remedies), []).append(place)
    return groups.values()


def _place(alike: Sequence[Place]) -> Iterator[Block]:
    place = alike[0]
    troubles = [check for check in place.checks if check.state in TROUBLES]
    heading = f"*{_listed(alike, most=_ALIKE)}*"
    causes: dict[tuple[State, str | None], list[Check]] = {}
    for check in troubles:
        causes.setdefault((check.state, check.why), []).append(check)
    groups = list(causes.values())
    lines = [_line(group, mended=bool(place.remedies)) for group in groups[:_GROUPS]]
    if len(groups) > _GROUPS:
        lines.append(speak("and {count} more", count=sum(map(len, groups[_GROUPS:]))))
    yield build.section("\n".join([heading, *lines]))
    for remedy in place.remedies:
        yield from _remedy(remedy)


def _line(alike: Sequence[Check], *, mended: bool) -> str:
    """What ended in one way. How to mend it is said where there is no text for several at once."""
    first = alike[0]
    state = speak("missing") if first.state is State.MISSING else speak("no answer")
    names = ", ".join(_code(check.what) for check in alike[:_CHECKS])
    if len(alike) > _CHECKS:
        names += speak(" and {count} more", count=len(alike) - _CHECKS)
    why = f": {_shown(first.why, 300)}" if first.why else ""
    mend = ""
    if first.enable and not (mended and len(alike) > 1):
        mend = "\n   " + speak("to mend it: {what}", what=_shown(first.enable, 300))
    return f"• {state}: {names}{why}{mend}"


def _code(text: str) -> str:
    return f"`{_shown(text, 120).replace('`', '')}`"


def _shown(words: str, most: int) -> str:
    """Words in the reader's language; what hides is spelt out in the values, which are no sentences."""
    return escape(clip(aloud(_plain(words)), most))


def _plain(words: str) -> str:
    if isinstance(words, Said):
        return Said(words.template, {name: _plain(value) for name, value in words.values.items()})
    return visible(words)


def _remedy(remedy: Remedy) -> Iterator[Block]:
    title = _shown(remedy.title, 200)
    if len(remedy.text) > _REMEDY:
        yield build.context(
            speak("{title}: too long for here; `irsa preflight` on a terminal has it.", title=title)
        )
        return
    yield build.context(f"{title}:")
    yield build.preformatted(remedy.text)


def _summary(places: Sequence[Place], finished: datetime) -> str:
    bad = [place for place in places if not place.works]
    when = moment(finished)
    if not places:
        return speak("The last preflight tried nothing that you may read here.")
    if len(places) == 1:
        name = _called(places[0])
        if bad:
            return speak("Preflight, {moment}: {name} does not work.", moment=when, name=name)
        return speak("Preflight, {moment}: {name} works.", moment=when, name=name)
    if not bad:
        return speak(
            "Preflight, {moment}: all {count} places work.", moment=when, count=len(places)
        )
    return speak(
        "Preflight, {moment}: {bad} of {count} places do not work: {names}.",
        moment=when,
        bad=len(bad),
        count=len(places),
        names=_listed(bad, most=_NAMES),
    )


def _listed(places: Sequence[Place], *, most: int) -> str:
    names = ", ".join(_called(place) for place in places[:most])
    more = len(places) - most
    return names + (speak(" and {count} more", count=more) if more > 0 else "")


def _called(place: Place) -> str:
    name = _shown(place.name, 120)
    if place.kind == "account":
        name = speak("account {name}", name=name)
    if place.kind == "cluster":
        name = speak("cluster {name}", name=name)
    return speak("{place} (found by inventory)", place=name) if place.discovered else name


def _account(place: Place) -> str:
    return place.name.partition(" ")[0]


def _names(place: Place) -> set[str]:
    names = {place.name.casefold()}
    if place.kind == "account":
        identity, _, alias = place.name.partition(" ")
        names |= {identity, alias.strip("()").casefold()}
    return names
