"""What every button shares: the incident behind it, for who may read it, and a private word to who pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diagnostics.languages import say
from handlers.denied import Denied
from handlers.paste.command import SHARED_WORDS
from handlers.pointing import incident_in
from handlers.whisper import whisper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.access import Actor
    from handlers.blockkit import Block
    from handlers.click import Click
    from handlers.desk import Desk
    from handlers.incident import Incident

OUT_OF_DATE: Final = say(
    "I do not know this button any more: the reply is out of date. Paste the error again for a fresh one."
)


async def readable(
    desk: Desk, actor: Actor, incident_id: str, *, channel: str | None
) -> Incident | Denied:
    """An incident, for who may read it where it is. An ID used elsewhere is unknown.

    Args:
        desk: What the listeners work with.
        actor: Who pressed.
        incident_id: As the button, the dialog or the plan says.
        channel: Where; None where a dialog does not say.
    """
    outsider = desk.access.outsider(actor)
    if outsider is not None:
        return outsider
    incident = await desk.incidents.get(incident_id)
    if incident is None or channel not in (None, incident.spot.channel):
        return Denied(words=OUT_OF_DATE, rule="unknown-incident")
    if await desk.shared.is_shared(incident.spot.channel):
        return Denied(words=SHARED_WORDS, rule="shared-channel")
    return await desk.access.to_read(actor, incident) or incident


async def pressed_on(desk: Desk, click: Click, value: str | None = None) -> Incident | Denied:
    """The incident that a button is about, for who may read it.

    Args:
        desk: What the listeners work with.
        click: Who pressed, and where.
        value: The ID, where it is only a part of the button's value.
    """
    given = click.value if value is None else value
    incident_id = incident_in(given)
    found = await readable(desk, click.actor, incident_id, channel=click.channel)
    if isinstance(found, Denied) and found.rule == "reader":
        await desk.audit.note(
            "read",
            f"denied:{found.rule}",
            user=click.actor.user,
            team=click.actor.team,
            channel=click.channel,
            incident_id=incident_id,
        )
    return found


async def shown_to(desk: Desk, click: Click, client: AsyncWebClient) -> Incident | None:
    """The same; None, and why is told, for who may not."""
    found = await pressed_on(desk, click)
    if isinstance(found, Denied):
        await tell(click, client, found.words)
        return None
    return found


async def tell(
    click: Click, client: AsyncWebClient, words: str, blocks: Sequence[Block] | None = None
) -> None:
    """Say something to who pressed, privately, where they pressed."""
    await whisper(
        client,
        user=click.actor.user,
        channel=click.channel,
        thread_ts=click.thread_ts,
        words=words,
        blocks=blocks,
        response_url=click.response_url,
    )
