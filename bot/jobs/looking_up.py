"""Incidents that somebody names: by the ID of a reply, or by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.jobs.telling import tell
from diagnostics.languages import speak
from handlers.access import Actor
from handlers.blockkit import build, escape
from handlers.paste.reading.untrusted import text_at
from handlers.render.diagnosis import short_id
from handlers.render.overview import history_message, incident_line
from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from handlers.incident import Incident

_log = structlog.get_logger("irsa.links")
_MOST = 10


async def show_incident(bench: Bench, job: Job) -> None:
    """Tell who asked what is on record under an ID: their own incidents, and those of the channel."""
    wanted, channel = text_at(job.payload, "words"), text_at(job.payload, "channel")
    user = text_at(job.payload, "user")
    alike = await bench.store.incidents.alike(bench.me.team, wanted, limit=_MOST)
    found = [i for i in alike if await _readable(bench, i, channel=channel, user=user)]
    if found:
        message = history_message(found, bench.me.workspace)
        await tell(bench, job.payload, message.text, blocks=message.blocks)
        return
    await tell(
        bench,
        job.payload,
        speak(
            "I know no incident {id} of this channel or of yours. An ID has the form 5f0c27ab and stands at the end "
            "of a reply; I keep incidents for 90 days.",
            id=escape(wanted),
        ),
    )


async def unfurl(bench: Bench, job: Job) -> None:
    """Show previews below the message that holds links to incidents; details only where they may be read."""
    channel, user = text_at(job.payload, "channel"), text_at(job.payload, "user")
    previews: dict[str, Any] = {}
    named = job.payload.get("links")
    for url, incident_id in named if isinstance(named, list) else ():
        incident = await bench.store.incidents.get(str(incident_id))
        if incident is None or not incident.diagnoses:
            continue
        if await _readable(bench, incident, channel=channel, user=user):
            words = incident_line(incident, bench.me.workspace)
        else:
            words = speak(
                "Incident {id}. What it is about stays in the channel where it was answered.",
                id=short_id(incident.id),
            )
        previews[str(url)] = {"blocks": [build.section(words)]}
    if not previews:
        return
    try:
        await bench.client.chat_unfurl(
            channel=channel, ts=text_at(job.payload, "ts"), unfurls=previews
        )
    except SLACK_TROUBLE as error:
        _log.info("no preview", error=error_name(error))


async def _readable(bench: Bench, incident: Incident, *, channel: str, user: str) -> bool:
    """Whether an incident may be shown in a channel because of what somebody wrote there."""
    if not incident.diagnoses or (incident.spot.channel != channel and incident.by != user):
        return False
    if await bench.shared.is_shared(channel):
        return False
    actor = Actor(user=user, team=bench.me.team)
    if await bench.access.to_read(actor, incident) is not None:
        return False
    reach = await bench.access.reach(user, channel)
    return reach.reads(incident, bench.rules.fleet)
