"""What was and what is: a channel's incidents, how things stand, and the App Home. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.result import Verdict
from handlers.blockkit import build, clip, escape
from handlers.render.card import Message
from handlers.render.moments import address_of, moment
from handlers.render.notices import help_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blockkit import Block
    from handlers.incident import Incident
    from handlers.mutes import Mute

VERDICTS: Final = {
    Verdict.CAUSE_FOUND: "Cause found",
    Verdict.HEALTHY: "Healthy",
    Verdict.NOT_ENOUGH_EVIDENCE: "Not enough evidence",
}
_CLUSTERS: Final = 20
_TROUBLES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetHealth:
    """How the fleet looks from here."""

    clusters: tuple[str, ...]
    accounts: int
    troubles: tuple[str, ...] = ()
    """Regions that could not be read when last tried, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand in a channel."""

    health: FleetHealth
    recent: tuple[Incident, ...]
    """Newest first."""
    mutes: tuple[Mute, ...]
    workspace: str | None = None
    """Its address, for links."""


def status_message(standing: Standing) -> Message:
    """`/irsa status`: whether the bot works, what it reads, and whether it keeps quiet here."""
    first = f"I am running. {_fleet(standing.health)}"
    lines = [escape(first), *(f"Not readable: {escape(clip(t, 200))}" for t in _troubles(standing))]
    lines += [mute_line(mute) for mute in standing.mutes] or ["I answer web-identity errors here."]
    if standing.recent:
        lines.append("Latest here: " + incident_line(standing.recent[0], standing.workspace))
    else:
        lines.append("I have answered nothing here yet.")
    quiet = " I keep quiet in this channel for now." if _all_quiet(standing.mutes) else ""
    return Message(text=escape(first) + quiet, blocks=[build.section(line) for line in lines])


def history_message(incidents: Sequence[Incident], workspace: str | None) -> Message:
    """`/irsa history`: the latest incidents of a channel, newest first."""
    if not incidents:
        words = "I have answered nothing in this channel yet. Paste an error, and I look."
        return Message(text=words, blocks=[build.section(words)])
    count = len(incidents)
    words = (
        f"The latest {count} incidents of this channel." if count > 1 else "One incident so far."
    )
    return Message(
        text=words,
        blocks=[build.header(words.rstrip("."))]
        + [build.section(incident_line(i, workspace)) for i in incidents],
    )


def incident_line(incident: Incident, workspace: str | None) -> str:
    """One incident in two lines of mrkdwn: what, where, when (a link to the reply), and its ID."""
    diagnosis = incident.diagnoses[0]
    target = diagnosis.target
    where = f"{target.namespace}/{target.service_account or '?'} on {target.cluster}"
    code = f"{diagnosis.root.code} " if diagnosis.root is not None else ""
    done = f"  ·  {len(incident.happenings)} actions" if incident.happenings else ""
    return (
        f"{VERDICTS[diagnosis.verdict]}: {code}{escape(clip(diagnosis.headline, 200))}\n{escape(where)}  ·  "
        f"{moment(incident.created, link=address_of(incident, workspace))}{done}  ·  "
        f"ID {escape(incident.id[:8])}"
    )


def mute_line(mute: Mute) -> str:
    """What is kept quiet about, until when, and who asked for it."""
    what = f"about {escape(mute.code)}" if mute.code else "unless somebody asks me"
    return f"I keep quiet here {what} until {moment(mute.until)}, as <@{escape(mute.by)}> asked."


def home_view(
    incidents: Sequence[Incident],
    *,
    me: str,
    health: FleetHealth,
    approves: Sequence[str] = (),
    workspace: str | None = None,
) -> Block:
    """The App Home.

    Args:
        incidents: The reader's own, newest first.
        me: Our user ID.
        health: Of the fleet.
        approves: Where the reader may approve fixes, one clause each.
        workspace: Its address, for links.
    """
    may = (
        build.rich_text(build.bullets(list(approves)))
        if approves
        else build.section("Nothing: the fleet file names you as approver nowhere.")
    )
    blocks: list[Block] = [
        build.header("Your latest incidents"),
        *(_homely(i, workspace) for i in incidents),
    ]
    if not incidents:
        blocks.append(build.section("None yet. Paste an error in a channel that I am in."))
    blocks += [
        build.header("What you may approve"),
        may,
        build.header("The fleet"),
        build.section(f"I am <@{escape(me)}>. {escape(_fleet(health))}"),
        *(
            build.section(f"Not readable: {escape(clip(t, 200))}")
            for t in health.troubles[:_TROUBLES]
        ),
        build.header("How to start"),
        *help_message().blocks,
    ]
    return build.home(blocks)


def _homely(incident: Incident, workspace: str | None) -> Block:
    return build.section(
        f"{incident_line(incident, workspace)}  ·  <#{escape(incident.spot.channel)}>"
    )


def _fleet(health: FleetHealth) -> str:
    count = len(health.clusters)
    named = ", ".join(health.clusters[:_CLUSTERS])
    more = f" and {count - _CLUSTERS} more" if count > _CLUSTERS else ""
    return (
        f"I read {count} cluster{'' if count == 1 else 's'} in {health.accounts} "
        f"account{'' if health.accounts == 1 else 's'}: {named}{more}."
    )


def _troubles(standing: Standing) -> tuple[str, ...]:
    return standing.health.troubles[:_TROUBLES]


def _all_quiet(mutes: Sequence[Mute]) -> bool:
    return any(mute.code is None for mute in mutes)
