"""The HTTP side: Slack's requests in HTTP mode; health and metrics in both modes."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from bot.serve_signed import LARGEST, Gate, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.app import Service

_log = structlog.get_logger("irsa.http")
_PATIENCE: Final = 2.0
PATH: Final = "/slack/events"
"""The one request URL for events, commands and interactions."""


def make_web(
    service: Service, *, gate: Gate | None, connected: Callable[[], bool] = lambda: True
) -> web.Application:
    """Make the aiohttp application.

    Args:
        service: The bot.
        gate: In HTTP mode what checks Slack's requests; None in Socket Mode, where none are taken.
        connected: Whether the way to Slack is open.
    """
    application = web.Application(client_max_size=LARGEST)

    async def slack(request: web.Request) -> web.StreamResponse:
        assert gate is not None
        try:
            await gate.read(request)
        except Refused as error:
            service.telemetry.refused.labels(reason=error.reason).inc()
            _log.warning("request refused", reason=error.reason)
            return web.json_response({"error": f"{error}."}, status=error.status)
        if gate.replayed(request):
            service.telemetry.refused.labels(reason="replay").inc()
            if request.content_type == "application/json":
                return web.Response()  # an event that we have; Slack may stop sending it
            return web.json_response(
                {"error": "This request was answered before."}, status=HTTPStatus.CONFLICT
            )
        answer = await service.bolt.async_dispatch(await to_bolt_request(request))
        response = await to_aiohttp_response(answer)
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            gate.answered(request)
        return response

    async def alive(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.StreamResponse:
        faults: list[str] = []
        try:
            async with asyncio.timeout(_PATIENCE):
                await service.store.ready()
        except Exception as error:  # noqa: BLE001  whatever it is, the store is not ready
            faults.append(f"store: {type(error).__name__}")
        if not service.runner.alive:
            faults.append("jobs: not running")
        if not connected():
            faults.append("slack: not connected")
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
        return web.json_response(
            {"status": "not ready" if faults else "ready", "faults": faults}, status=status
        )

    async def metrics(_request: web.Request) -> web.StreamResponse:
        return web.Response(
            body=service.telemetry.text(), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    if gate is not None:
        application.router.add_post(PATH, slack)
    application.router.add_get("/healthz", alive)
    application.router.add_get("/readyz", ready)
    application.router.add_get("/metrics", metrics)
    return application
