"""The form that asks for cluster, namespace and service account where nothing else says them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from diagnostics.fleet import Hints
from handlers.click import Click, notice
from handlers.paste.reading.untrusted import node_at, text_at
from handlers.ports import Recorded
from handlers.render.card import FORM

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from handlers.desk import Desk

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
        await ack(response_action="update", view=notice("Diagnose IRSA", denied.words))
        return denied.rule
    given = filled_in(body)
    errors = errors_in(given, [c.name for c in desk.rules.fleet.clusters])
    if errors:
        await ack(response_action="errors", errors=errors)
        return "misused"
    recorded = await desk.inbox.complete(click.value, hints_of(given), by=click.actor.user)
    if recorded is Recorded.STARTED:
        await ack()
    else:
        words = "This question is answered already, or too old. Ask again with `/irsa diagnose`."
        await ack(response_action="update", view=notice("Diagnose IRSA", words))
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


def errors_in(given: Mapping[str, str], clusters: Collection[str]) -> dict[str, str]:
    """What can't be used, by field."""
    errors: dict[str, str] = {}
    if given.get("cluster") and given["cluster"] not in clusters:
        known = ", ".join(sorted(clusters)[:10]) or "none"
        errors["cluster"] = f"Not a cluster of the fleet file. It has: {known}."
    for name in ("namespace", "service_account"):
        value = given.get(name)
        if value and _NAME.fullmatch(value) is None:
            errors[name] = "A Kubernetes name has lower-case letters, digits, - and . only."
    return errors
