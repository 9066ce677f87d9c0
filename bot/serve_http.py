"""The HTTP side: Slack's requests in HTTP mode; health and metrics in both modes."""

from __future__ import annotations

import asyncio
import html
import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.serve_signed import Gate, Refused
from bot.slack.envelope import LARGEST, request_for_bolt
from bot.trace import traced
from handlers.links import PATH as LINKS
from handlers.links import UNKNOWN, id_in
from handlers.render.moments import address_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.service import Service

_PATIENCE: Final = 2.0
PATH: Final = "/slack/events"
"""The one request URL for events, commands and interactions."""


def make_web(
    service: Service,
    *,
    gate: Gate | None,
    connected: Callable[[], bool] = lambda: True,
    trouble: Callable[[], str | None] = lambda: None,
) -> web.Application:
    """Make the aiohttp application.

    Args:
        service: The bot.
        gate: In HTTP mode what checks Slack's requests; None in Socket Mode, where none are taken.
        connected: Whether the way to Slack is open.
        trouble: Why rotated secrets of Slack are not in use, as a clause; None where all is well.
    """
    application = web.Application(client_max_size=LARGEST)
    if gate is not None:
        application.router.add_post(PATH, FromSlack(service, gate).take)
    health = Health(service, connected, trouble)
    application.router.add_get(f"{LINKS}{{incident_id}}", Links(service).follow)
    application.router.add_get("/healthz", health.alive)
    application.router.add_get("/readyz", health.ready)
    application.router.add_get("/metrics", health.metrics)
    return application


@dataclass(frozen=True, slots=True)
class FromSlack:
    """Takes Slack's requests."""

    service: Service
    gate: Gate

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Check a request, hand it to Bolt, and remember that it was answered."""
        try:
            await self.gate.read(request)
        except Refused as error:
            self.service.turned_away(error.reason)
            return web.json_response({"error": f"{error}."}, status=error.status)
        if self.gate.replayed(request):
            self.service.turned_away("replay")
            if request.content_type == "application/json":
                return web.Response()  # an event that is on record; Slack may stop sending it
            return web.json_response(
                {"error": "This request was answered before."}, status=HTTPStatus.CONFLICT
            )
        text = await request.text()
        incoming = request_for_bolt(
            lambda: AsyncBoltRequest(
                body=text, query=request.query_string, headers=dict(request.headers)
            )
        )
        if incoming is None:
            self.service.turned_away("nonsense")
            return web.json_response(
                {"error": "The payload is none of Slack's."}, status=HTTPStatus.BAD_REQUEST
            )
        with traced(incoming.body):
            answer = await self.service.bolt.async_dispatch(incoming)
        response = await to_aiohttp_response(answer)
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            self.gate.answered(request)
        return response


@dataclass(frozen=True, slots=True)
class Links:
    """Leads from a link to an incident to its reply in Slack, where Slack asks who may read it."""

    service: Service

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Send on to the reply; an ID must be whole, so that nobody finds one by trying."""
        incident = None
        if id_in(request.path) is not None:
            found = request.match_info["incident_id"]
            incident = await self.service.store.incidents.get(found)
        address = address_of(incident, self.service.me.workspace) if incident else None
        if address is None:
            return web.Response(text=UNKNOWN, status=HTTPStatus.NOT_FOUND)
        return web.Response(
            status=HTTPStatus.SEE_OTHER, headers={"Location": html.unescape(address)}
        )


@dataclass(frozen=True, slots=True)
class Health:
    """Tells Kubernetes and Prometheus how it goes."""

    service: Service
    connected: Callable[[], bool]
    trouble: Callable[[], str | None]

    async def alive(self, _request: web.Request) -> web.StreamResponse:
        """The process answers."""
        return web.json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.StreamResponse:
        """Store, jobs and the way to Slack are there; 503 with the faults where not. Notes take nothing away."""
        faults = await self._faults()
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
        # An old fleet file is no reason to take no deliveries.
        notes = (self.service.bench.rules.trouble, self.trouble())
        told = {
            "status": "not ready" if faults else "ready",
            "faults": faults,
            "notes": [note for note in notes if note],
        }
        return web.json_response(told, status=status)

    async def metrics(self, _request: web.Request) -> web.StreamResponse:
        """Everything that is counted, and how it stands now."""
        telemetry = self.service.telemetry
        telemetry.connected.set(self.connected())
        telemetry.fleet_usable.set(self.service.bench.rules.trouble is None)
        try:
            count: float
            async with asyncio.timeout(_PATIENCE):
                count, oldest = await self.service.store.queue.waiting()
        except Exception:  # noqa: BLE001  the other numbers are worth having
            count, oldest = math.nan, math.nan
        telemetry.waiting.set(count)
        telemetry.oldest_waiting.set(oldest)
        return web.Response(body=telemetry.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _faults(self) -> list[str]:
        faults: list[str] = []
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.service.store.ready()
        except Exception as error:  # noqa: BLE001  whatever it is, the store is not ready
            faults.append(f"store: {type(error).__name__}")
        if not self.service.runner.alive:
            faults.append("jobs: not running")
        if not self.connected():
            faults.append("slack: not connected")
        return faults
