"""`/irsa diagnose …`, `sweep`, `preflight`, `status`, `history`, `mute`, `unmute`, `help`.

Slash commands do not work in threads.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

from diagnostics.languages import aloud, say, speak
from diagnostics.locate.naming import spoken_names
from handlers.access import Actor
from handlers.blockkit import build, escape
from handlers.incident import Spot
from handlers.paste import mute_form
from handlers.paste.intake import failures, paste_of
from handlers.paste.looking import VERBS, Look
from handlers.paste.preflighting import order_preflight
from handlers.paste.reading.untrusted import text_at
from handlers.paste.source import Source
from handlers.paste.sweeping import order_sweep
from handlers.paste.words import Asked, Misused, parse
from handlers.ports import Recorded
from handlers.render import form_modal, help_message

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk
    from handlers.ports import Clock, Paste

COMMAND: Final = "/irsa"
SHARED_WORDS: Final = say(
    "This channel is shared with another organisation, so I show nothing of ours here. "
    "Ask me in an internal channel or in a direct message."
)


def register(app: AsyncApp, desk: Desk, now: Clock) -> None:
    """Listen to the command."""

    @app.command(COMMAND)
    async def command(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        desk.meter.delivery("command", await run(desk, ack, command, client, now))


async def run(
    desk: Desk, ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, now: Clock
) -> str:
    """Answer a command at once, and put what it asks for on record."""
    text = html.unescape(text_at(command, "text")).strip()
    verb, _, rest = text.partition(" ")
    actor = Actor(user=text_at(command, "user_id")[:32], team=text_at(command, "team_id") or None)
    denied = desk.access.outsider(actor)
    if denied is not None:
        await ack(aloud(denied.words))
        return denied.rule
    verb = verb.lower()
    if verb not in (*_STARTS, *VERBS):
        said = help_message()
        unknown = verb and verb != "help"
        words = speak("I do not know {word}. ", word=f"`{escape(verb[:40])}`") if unknown else ""
        blocks = [build.section(words), *said.blocks] if words else said.blocks
        await ack(text=words + said.text, blocks=blocks)
        return "unknown" if unknown else "help"
    channel = text_at(command, "channel_id")[:32]
    if await desk.shared.is_shared(channel):
        await ack(aloud(SHARED_WORDS))
        return "shared"
    if verb in _STARTS:
        return await _STARTS[verb](desk, ack, command, client, rest.strip())
    look = Look(desk=desk, channel=channel, actor=actor, now=now)
    if verb == "mute" and not rest.strip():
        await mute_form.open_form(look, client, text_at(command, "trigger_id"))
        await ack()
        return "form"
    said, openly = await look.answer(verb, rest.strip())
    await ack(
        text=said.text,
        blocks=said.blocks,
        response_type="in_channel" if openly else "ephemeral",
    )
    return verb


async def _diagnose(
    desk: Desk, ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, text: str
) -> str:
    fleet = desk.rules.fleet
    try:
        asked = parse(text, clusters=spoken_names(fleet))
    except Misused as error:
        await ack(speak("{sentence} Or use `/irsa help`.", sentence=error.words))
        return "misused"
    paste = _paste(desk, command, text, asked)
    if not any(c.symptom for c in paste.cases) and not asked.names_something:
        if text:
            await ack(
                speak(
                    "I found no web-identity error in that, and no name to look for. Write "
                    "`/irsa diagnose payments/api --cluster prod-eu`, or use `/irsa help`."
                )
            )
            return "nothing"
        incident_id = await desk.inbox.draft(paste)
        reach = await desk.access.reach(text_at(command, "user_id")[:32], paste.spot.channel)
        clusters = tuple(c.name for c in reach.of(fleet).clusters)
        view = form_modal((), asked.hints, clusters, incident_id)
        await client.views_open(trigger_id=text_at(command, "trigger_id"), view=view)
        await ack()
        return "form"
    recorded = await desk.inbox.paste(paste)
    if recorded is Recorded.STARTED:
        await ack(speak("I am looking. The answer comes as a reply here in the channel."))
    else:
        await ack(speak("I am at it already."))
    return recorded.value


def _paste(desk: Desk, command: dict[str, Any], text: str, asked: Asked) -> Paste:
    trigger = text_at(command, "trigger_id")
    source = Source(
        event_id=trigger or None,
        spot=Spot(team=desk.me.team, channel=text_at(command, "channel_id")[:32]),
        ts=f"/{trigger}"[:32],
        by=text_at(command, "user_id")[:32],
        asked=True,
        shared=False,
        response_url=text_at(command, "response_url") or None,
    )
    symptoms = failures(asked.rest, asked=True)
    named = asked.symptom() if not symptoms else None
    return paste_of(
        desk.rules, source, symptoms or ((named,) if named else ()), text=text, hints=asked.hints
    )


_STARTS: Final = {
    "diagnose": _diagnose,
    "sweep": order_sweep,
    "preflight": order_preflight,
}
"""What a job answers, or may."""
