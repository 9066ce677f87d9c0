"""Not this one: another service account is meant than the one that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diagnostics.fleet import Hints
from handlers.access import Denied
from handlers.buttons.reading import position_of, readable
from handlers.buttons.refusal import OUT_OF_DATE
from handlers.click import Click, notice
from handlers.paste.form import errors_in, filled_in, hints_of
from handlers.ports import Recorded
from handlers.render import form_modal
from handlers.render.card import CORRECT, NOT_THIS
from handlers.whisper import whisper

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from diagnostics.evidence import Target
    from handlers.desk import Desk

_WORDS = "Which service account is it about? I diagnose that one, and remember it in this channel."


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the button and to its form."""

    @app.action(NOT_THIS)
    async def pressed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("not_this", await ask(desk, body, client))

    @app.view(CORRECT)
    async def submitted(ack: AsyncAck, body: dict[str, Any]) -> None:
        desk.meter.delivery("correct", await correct(desk, ack, body))


async def ask(desk: Desk, body: dict[str, Any], client: AsyncWebClient) -> str:
    """Open the form, filled with what was found."""
    click = Click.parse(body)
    found = await _target(desk, click)
    if isinstance(found, str):
        await whisper(
            client,
            user=click.actor.user,
            channel=click.channel,
            thread_ts=click.thread_ts,
            words=found,
            response_url=click.response_url,
        )
        return "refused"
    known = Hints(
        cluster=found.cluster, namespace=found.namespace, service_account=found.service_account
    )
    view = form_modal(
        (), known, _clusters(desk, found), click.value, words=_WORDS, callback_id=CORRECT
    )
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "opened"


async def correct(desk: Desk, ack: AsyncAck, body: dict[str, Any]) -> str:
    """Diagnose what was named instead, in the same reply."""
    click = Click.parse(body)
    found = await _target(desk, click)
    if isinstance(found, str):
        await ack(response_action="update", view=notice("Diagnose IRSA", found))
        return "refused"
    given = filled_in(body)
    errors = errors_in(given, desk.rules.fleet)
    hints = hints_of(given)
    if not errors and (hints.cluster, hints.namespace, hints.service_account) == (
        found.cluster,
        found.namespace,
        found.service_account,
    ):
        errors["service_account"] = "This is the one that I diagnosed."
    if errors:
        await ack(response_action="errors", errors=errors)
        return "misused"
    recorded = await desk.inbox.correct(
        click.value.partition(".")[0], position_of(click.value), hints, by=click.actor.user
    )
    if recorded is not Recorded.STARTED:
        await ack(response_action="update", view=notice("Diagnose IRSA", OUT_OF_DATE))
        return recorded.value
    await ack()
    return recorded.value


async def _target(desk: Desk, click: Click) -> Target | str:
    """The target that the button is about, or why it is not to be had."""
    incident = await readable(desk, click)
    if isinstance(incident, Denied):
        return incident.words
    position = position_of(click.value)
    if position >= len(incident.diagnoses):
        return OUT_OF_DATE
    return incident.diagnoses[position].target


def _clusters(desk: Desk, found: Target) -> tuple[str, ...]:
    """Those of the fleet file, and the one that was found, which only the inventory may know."""
    return tuple(dict.fromkeys((found.cluster, *(c.name for c in desk.rules.fleet.clusters))))
