"""The answer to a question: one of the candidates, or the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diagnostics.fleet import Hints
from diagnostics.languages import speak
from handlers.buttons.pressed import OUT_OF_DATE, shown_to, tell
from handlers.click import Click
from handlers.pointing import candidate_in
from handlers.render import form_modal
from handlers.render.card import ASK, CHOOSE

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk
    from handlers.incident import Incident


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the menu and to the button beside it."""

    @app.action(CHOOSE)
    async def chosen(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("choose", await choose(desk, body, client))

    @app.action(ASK)
    async def other(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("ask", await none_of_these(desk, body, client))


async def choose(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Diagnose the chosen candidate."""
    click = Click.parse(body)
    incident = await _asked(desk, click, client)
    if incident is None or incident.question is None:
        return "refused"
    index = candidate_in(click.value)
    candidates = incident.question.candidates
    if index is None or index >= len(candidates):
        await tell(click, client, OUT_OF_DATE)
        return "unknown"
    target = candidates[index].target
    hints = Hints(
        cluster=target.cluster,
        namespace=target.namespace,
        service_account=target.service_account,
        workload=target.workload,
        role_arn=target.role_arn,
    )
    return (await desk.inbox.complete(incident.id, hints, by=click.actor.user)).value


async def none_of_these(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Open the form: with candidates shown, everything is asked again; else only what is missing."""
    click = Click.parse(body)
    incident = await _asked(desk, click, client)
    if incident is None or incident.question is None:
        return "refused"
    question = incident.question
    missing = () if question.candidates else question.missing
    reach = await desk.access.reach(click.actor.user, incident.spot.channel)
    clusters = tuple(c.name for c in reach.of(desk.rules.fleet).clusters)
    view = form_modal(missing, question.known, clusters, incident.id)
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "opened"


async def _asked(desk: Desk, click: Click, client: AsyncWebClient) -> Incident | None:
    found = await shown_to(desk, click, client)
    if found is None or found.question is not None:
        return found
    await tell(click, client, speak("This question is answered already."))
    return None
