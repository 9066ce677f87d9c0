"""The form behind `/irsa mute` alone: how long, and about which cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diagnostics.languages import say, speak
from handlers.access import Actor
from handlers.blockkit import build
from handlers.blockkit.inputs import labelled, static_select
from handlers.click import Click, notice
from handlers.paste.looking import Look
from handlers.paste.reading.untrusted import node_at, text_at
from handlers.slack_trouble import SLACK_TROUBLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blockkit import Block
    from handlers.desk import Desk
    from handlers.incident import Incident
    from handlers.ports import Clock

MUTE: Final = "irsa.mute.v1"
"""The form's callback; its private metadata is the channel's ID."""
_ALL: Final = "all"
_USUAL: Final = "4h"
_CAUSES: Final = 10


def register(app: AsyncApp, desk: Desk, now: Clock) -> None:
    """Listen to the form's submission."""

    @app.view(MUTE)
    async def submitted(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        desk.meter.delivery("mute_form", await run(desk, ack, body, client, now))


def mute_modal(channel: str, recent: Iterable[Incident]) -> Block:
    """Ask how long, and about which of the causes that were answered lately in the channel.

    Args:
        channel: Its ID.
        recent: What was answered there and the reader may read, newest first.
    """
    codes = dict.fromkeys(d.root.code for i in recent for d in i.diagnoses if d.root is not None)
    lengths = [
        (speak("{count} hour", count=1), "1h"),
        (speak("{count} hours", count=4), _USUAL),
        (speak("{count} day", count=1), "1d"),
        (speak("{count} days", count=3), "3d"),
        (speak("{count} days", count=7), "7d"),
        (speak("{count} days", count=30), "30d"),
    ]
    causes = [(speak("Whatever the cause"), _ALL)]
    causes += [(speak("Only {code}", code=code), code) for code in list(codes)[:_CAUSES]]
    return build.modal(
        speak("Keep quiet"),
        [
            build.section(
                speak(
                    "I say nothing by myself in <#{channel}> until then. Who asks is answered all the same.",
                    channel=channel,
                )
            ),
            labelled(
                speak("How long"),
                static_select("value", speak("How long"), lengths, chosen=_USUAL),
                block_id="length",
            ),
            labelled(
                speak("About what"),
                static_select("value", speak("About what"), causes, chosen=_ALL),
                block_id="cause",
            ),
        ],
        callback_id=MUTE,
        submit=speak("Keep quiet"),
        close=speak("Cancel"),
        private_metadata=channel,
    )


async def open_form(look: Look, client: AsyncWebClient, trigger_id: str) -> None:
    """Open the form for who gave the command."""
    view = mute_modal(look.channel, await look.recent())
    await client.views_open(trigger_id=trigger_id, view=view)


async def run(
    desk: Desk, ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, now: Clock
) -> str:
    """Keep quiet as was asked, and say so in the channel."""
    click = Click.parse(body)
    actor, channel = click.actor, click.value[:32]
    denied = desk.access.outsider(actor)
    if denied is None and await desk.shared.is_shared(channel):
        await ack(response_action="update", view=notice(speak("Keep quiet"), _SHARED))
        return "shared"
    if denied is not None:
        await ack(response_action="update", view=notice(speak("Keep quiet"), denied.words))
        return denied.rule
    length, cause = _chosen(body, "length"), _chosen(body, "cause")
    asked = length if cause in ("", _ALL) else f"{cause} {length}"
    look = Look(desk=desk, channel=channel, actor=Actor(user=actor.user, team=actor.team), now=now)
    said, openly = await look.answer("mute", asked)
    if not openly:
        await ack(response_action="update", view=notice(speak("Keep quiet"), said.text))
        return "refused"
    try:
        await client.chat_postMessage(
            channel=channel, text=said.text, blocks=said.blocks, unfurl_links=False
        )
    except SLACK_TROUBLE:
        await ack(response_action="update", view=notice(speak("Keep quiet"), said.text))
    else:
        await ack()
    return "mute"


_SHARED: Final = say(
    "This channel is shared with another organisation, so I say nothing there by myself anyway."
)


def _chosen(body: dict[str, Any], block_id: str) -> str:
    values = node_at(node_at(node_at(body, "view"), "state"), "values")
    return text_at(node_at(node_at(node_at(values, block_id), "value"), "selected_option"), "value")
