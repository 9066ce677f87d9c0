"""Not this one: another service account is meant than the one that was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from diagnostics.fleet import Hints
from diagnostics.languages import say, speak
from handlers.buttons.pressed import OUT_OF_DATE, pressed_on, tell
from handlers.click import Click, notice
from handlers.denied import Denied
from handlers.paste.form import errors_in, filled_in, hints_of
from handlers.pointing import diagnosis_in, incident_in
from handlers.ports import Recorded
from handlers.render import form_modal
from handlers.render.card import CORRECT, NOT_THIS

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from diagnostics.evidence import Target
    from handlers.desk import Desk
    from handlers.reach import Reach

_WORDS: Final = say(
    "Which service account is it about? I diagnose that one, and remember it in this channel."
)


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
        await tell(click, client, found)
        return "refused"
    known = Hints(
        cluster=found.target.cluster,
        namespace=found.target.namespace,
        service_account=found.target.service_account,
    )
    view = form_modal((), known, found.clusters, click.value, words=_WORDS, callback_id=CORRECT)
    await client.views_open(trigger_id=click.trigger_id, view=view)
    return "opened"


async def correct(desk: Desk, ack: AsyncAck, body: dict[str, Any]) -> str:
    """Diagnose what was named instead, in the same reply."""
    click = Click.parse(body)
    found = await _target(desk, click)
    if isinstance(found, str):
        await ack(response_action="update", view=notice(speak("Diagnose IRSA"), found))
        return "refused"
    given = filled_in(body)
    errors = errors_in(given, desk.rules.fleet, found.reach)
    hints = hints_of(given)
    if not errors and (hints.cluster, hints.namespace, hints.service_account) == (
        found.target.cluster,
        found.target.namespace,
        found.target.service_account,
    ):
        errors["service_account"] = speak("This is the one that I diagnosed.")
    if errors:
        await ack(response_action="errors", errors=errors)
        return "misused"
    recorded = await desk.inbox.correct(
        incident_in(click.value), diagnosis_in(click.value), hints, by=click.actor.user
    )
    if recorded is not Recorded.STARTED:
        await ack(response_action="update", view=notice(speak("Diagnose IRSA"), OUT_OF_DATE))
        return recorded.value
    await ack()
    return recorded.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The target that a button is about, and what else may be named."""

    target: Target
    reach: Reach
    clusters: tuple[str, ...]


async def _target(desk: Desk, click: Click) -> _Found | str:
    """What the button is about, or why it is not to be had."""
    incident = await pressed_on(desk, click)
    if isinstance(incident, Denied):
        return incident.words
    position = diagnosis_in(click.value)
    if position >= len(incident.diagnoses):
        return OUT_OF_DATE
    reach = await desk.access.reach(click.actor.user, incident.spot.channel)
    target = incident.diagnoses[position].target
    others = (c.name for c in reach.of(desk.rules.fleet).clusters)
    # The one that was found may have left the fleet since.
    clusters = tuple(dict.fromkeys((target.cluster, *others)))
    return _Found(target=target, reach=reach, clusters=clusters)
