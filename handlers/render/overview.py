"""What was and what is: a channel's incidents, how things stand, and the App Home. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from diagnostics.languages import aloud, speak
from handlers.blockkit import build, clip, escape
from handlers.render.card import Message
from handlers.render.moments import address_of, moment
from handlers.render.notices import help_message
from handlers.render.verdicts import verdict_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blockkit import Block
    from handlers.incident import Incident
    from handlers.mutes import Mute

_CLUSTERS: Final = 20
_TROUBLES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetHealth:
    """How the fleet looks from here."""

    clusters: tuple[str, ...]
    accounts: int
    troubles: tuple[str, ...] = ()
    """Regions that could not be read when last tried, with the reason."""
    unposted: str | None = None
    """Why the audit channel is behind, as a clause."""
    outdated: str | None = None
    """Why a newer fleet file is not in use, as a clause."""
    preflight: str | None = None
    """What the last preflight came to, as mrkdwn; None where there was none."""


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
    first = speak("I am running. {fleet}", fleet=_fleet(standing.health))
    lines = [escape(first), *_outdated(standing.health)]
    lines += [
        speak("Not readable: {place}", place=escape(clip(t, 200))) for t in _troubles(standing)
    ]
    lines.append(
        standing.health.preflight
        or speak(
            "No preflight yet: `/irsa preflight` tries everything that I may read and change, and says what is missing."
        )
    )
    lines += [mute_line(mute) for mute in standing.mutes] or [
        speak("I answer web-identity errors here.")
    ]
    if standing.recent:
        lines.append(speak("Latest here: ") + incident_line(standing.recent[0], standing.workspace))
    else:
        lines.append(speak("I have answered nothing here yet."))
    quiet = speak(" I keep quiet in this channel for now.") if _all_quiet(standing.mutes) else ""
    return Message(text=escape(first) + quiet, blocks=[build.section(line) for line in lines])


def history_message(incidents: Sequence[Incident], workspace: str | None) -> Message:
    """`/irsa history`: the latest incidents of a channel, newest first."""
    if not incidents:
        words = speak("I have answered nothing in this channel yet. Paste an error, and I look.")
        return Message(text=words, blocks=[build.section(words)])
    count = len(incidents)
    words = (
        speak("The latest {count} incidents of this channel.", count=count)
        if count > 1
        else speak("One incident so far.")
    )
    return Message(
        text=words,
        blocks=[build.header(words.rstrip("."))]
        + [build.section(incident_line(i, workspace)) for i in incidents],
    )


def incident_line(incident: Incident, workspace: str | None) -> str:
    """One incident in two lines of mrkdwn: what, where, when (a link to the reply), and its ID."""
    healed = incident.healed is not None and bool(incident.found)
    diagnosis = (incident.found if healed else incident.diagnoses)[0]
    verdict = speak("Healthy again, it was") if healed else verdict_words(diagnosis.verdict)
    target = diagnosis.target
    where = speak(
        "{name} on {cluster}",
        name=f"{target.namespace}/{target.service_account or '?'}",
        cluster=target.cluster,
    )
    code = f"{diagnosis.root.code} " if diagnosis.root is not None else ""
    count = len(incident.happenings)
    done = speak("  ·  {count} actions", count=count) if count else ""
    return (
        f"{verdict}: {code}{escape(clip(aloud(diagnosis.headline), 200))}\n{escape(where)}  ·  "
        f"{moment(incident.created, link=address_of(incident, workspace))}{done}  ·  "
        f"ID {escape(incident.id[:8])}"
    )


def mute_line(mute: Mute) -> str:
    """What is kept quiet about, until when, and who asked for it."""
    until, by = moment(mute.until), escape(mute.by)
    if mute.code:
        return speak(
            "I keep quiet here about {code} until {moment}, as <@{by}> asked.",
            code=escape(mute.code),
            moment=until,
            by=by,
        )
    return speak(
        "I keep quiet here unless somebody asks me until {moment}, as <@{by}> asked.",
        moment=until,
        by=by,
    )


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
        else build.section(speak("Nothing: the fleet file names you as approver nowhere."))
    )
    blocks: list[Block] = [
        build.header(speak("Your latest incidents")),
        *(_homely(i, workspace) for i in incidents),
    ]
    if not incidents:
        blocks.append(build.section(speak("None yet. Paste an error in a channel that I am in.")))
    blocks += [
        build.header(speak("What you may approve")),
        may,
        build.header(speak("The fleet")),
        build.section(speak("I am <@{me}>. {fleet}", me=escape(me), fleet=escape(_fleet(health)))),
        *(build.section(line) for line in _outdated(health)),
        *([build.section(health.preflight)] if health.preflight else []),
        *(
            build.section(speak("Not readable: {place}", place=escape(clip(t, 200))))
            for t in health.troubles[:_TROUBLES]
        ),
        build.header(speak("How to start")),
        *help_message().blocks,
    ]
    return build.home(blocks)


def _homely(incident: Incident, workspace: str | None) -> Block:
    return build.section(
        f"{incident_line(incident, workspace)}  ·  <#{escape(incident.spot.channel)}>"
    )


def _fleet(health: FleetHealth) -> str:
    count = len(health.clusters)
    if count == 0:
        return speak("No cluster is read here for you.")
    named = ", ".join(health.clusters[:_CLUSTERS])
    more = speak(" and {count} more", count=count - _CLUSTERS) if count > _CLUSTERS else ""
    return speak(
        "I read {clusters} in {accounts}: {named}{more}.",
        clusters=speak("1 cluster") if count == 1 else speak("{count} clusters", count=count),
        accounts=speak("1 account")
        if health.accounts == 1
        else speak("{count} accounts", count=health.accounts),
        named=named,
        more=more,
    )


def _outdated(health: FleetHealth) -> tuple[str, ...]:
    said = []
    if health.outdated is not None:
        trouble = escape(clip(aloud(health.outdated), 400))
        said.append(speak("Not up to date: {trouble}.", trouble=trouble))
    if health.unposted is not None:
        said.append(
            speak("Audit trail: {trouble}.", trouble=escape(clip(aloud(health.unposted), 400)))
        )
    return tuple(said)


def _troubles(standing: Standing) -> tuple[str, ...]:
    return standing.health.troubles[:_TROUBLES]


def _all_quiet(mutes: Sequence[Mute]) -> bool:
    return any(mute.code is None for mute in mutes)
