"""The form that asks for cluster, namespace and service account where nothing else says them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from diagnostics.fleet import Hints
from diagnostics.languages import speak
from diagnostics.locate.naming import clusters_named
from diagnostics.text.near_name import nearest
from handlers.blockkit import clip
from handlers.click import Click, notice
from handlers.paste.reading.untrusted import node_at, text_at
from handlers.ports import Recorded
from handlers.render.card import FORM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from diagnostics.fleet import Fleet
    from handlers.desk import Desk
    from handlers.reach import Reach

_SHOWN: Final = 10
_ERROR: Final = 150
"""Characters; what stands under a field is one line."""
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to the form's submission."""

    @app.view(FORM)
    async def submitted(ack: AsyncAck, body: dict[str, Any]) -> None:
        desk.meter.delivery("form", await run(desk, ack, body))


async def run(desk: Desk, ack: AsyncAck, body: dict[str, Any]) -> str:
    """Check what was filled in, and diagnose."""
    click = Click.parse(body)
    denied = desk.access.outsider(click.actor)
    if denied is not None:
        await ack(response_action="update", view=notice(speak("Diagnose IRSA"), denied.words))
        return denied.rule
    incident = await desk.incidents.get(click.value)
    denied = None if incident is None else await desk.access.to_read(click.actor, incident)
    if denied is not None:
        await ack(response_action="update", view=notice(speak("Diagnose IRSA"), denied.words))
        return denied.rule
    given = filled_in(body)
    reach = await desk.access.reach(click.actor.user, incident.spot.channel if incident else "")
    errors = errors_in(given, desk.rules.fleet, reach)
    if errors:
        await ack(response_action="errors", errors=errors)
        return "misused"
    recorded = await desk.inbox.complete(click.value, hints_of(given), by=click.actor.user)
    if recorded is Recorded.STARTED:
        await ack()
    else:
        words = speak(
            "This question is answered already, or too old. Ask again with `/irsa diagnose`."
        )
        await ack(response_action="update", view=notice(speak("Diagnose IRSA"), words))
    return recorded.value


def filled_in(body: dict[str, Any]) -> dict[str, str]:
    """The values of a form, by field."""
    values = node_at(node_at(node_at(body, "view"), "state"), "values")
    return {name: _value(node_at(node_at(values, name), "value")) for name in values}


def hints_of(given: Mapping[str, str]) -> Hints:
    """What a form says; an empty field says nothing."""
    return Hints(
        cluster=given.get("cluster") or None,
        namespace=given.get("namespace") or None,
        service_account=given.get("service_account") or None,
    )


def _value(element: Any) -> str:
    option = node_at(element, "selected_option")
    return (text_at(option, "value") or text_at(element, "value")).strip()


def errors_in(given: Mapping[str, str], fleet: Fleet, reach: Reach) -> dict[str, str]:
    """What can't be used, by field."""
    errors: dict[str, str] = {}
    name = given.get("cluster")
    if name and any(not reach.reads_cluster(c) for c in clusters_named(name, fleet)):
        errors["cluster"] = speak(
            "This cluster is not read here, or not by you (readers in the fleet file)."
        )
    elif name and (wrong := _cluster_error(name, reach.of(fleet))) is not None:
        errors["cluster"] = wrong
    for name in ("namespace", "service_account"):
        value = given.get(name)
        if value and _NAME.fullmatch(value) is None:
            errors[name] = speak("A Kubernetes name has lower-case letters, digits, - and . only.")
    return errors


def _cluster_error(name: str, fleet: Fleet) -> str | None:
    """Why a cluster's name, chosen or typed, can't be used."""
    same = clusters_named(name, fleet)
    if len(same) == 1:
        return None
    if same:
        several = ", ".join(sorted(c.name for c in same)[:_SHOWN])
        return clip(
            speak("Several clusters have this name. Write one of: {names}.", names=several), _ERROR
        )
    known = sorted(c.name for c in fleet.clusters)
    if (meant := nearest(name, known)) is not None:
        return clip(
            speak("No cluster of this name is known. Did you mean {meant}?", meant=meant), _ERROR
        )
    shown = ", ".join(known[:_SHOWN]) or speak("none")
    return clip(speak("No cluster of this name is known. Known: {names}.", names=shown), _ERROR)
