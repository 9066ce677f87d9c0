"""The process: opens the door to Slack, and closes it in order."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web

from bot.app import Options, serving, utc_now
from bot.background import beside, repeating
from bot.clients import build_clients
from bot.inventory import Inventory, InventoryRecords
from bot.jobs.preflighting import preflights_of
from bot.jobs.watching import pauses
from bot.live import LiveFleet, watching
from bot.live.slack_secrets import SlackSecrets
from bot.serve_http import PATH, make_web
from bot.serve_signed import Gate
from bot.serve_socket import Sockets
from bot.settings import SettingsError
from bot.store.inbox import Limits
from bot.store.retention import Retention
from bot.sweep.in_use import sweeps_of
from bot.sweep.reading import SWEEP_LIMITS
from bot.warm import warm
from diagnostics.journal import reporting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from bot.clients import FleetClients
    from bot.fleet_file import FleetFile
    from bot.service import Service
    from bot.settings import Settings

_log = structlog.get_logger("irsa.serve")
_HOUR: Final = 3600.0
_GRACE: Final = 5.0


def options_of(settings: Settings) -> Options:
    """What the service needs of the settings.

    Raises:
        SettingsError: If the bot token is missing, or it is not clear how Slack reaches us.
    """
    token = settings.slack_bot_token
    faults: list[tuple[str, str]] = []
    if token is None:
        faults.append(("SLACK_BOT_TOKEN", "not set; expected the bot token, xoxb-…"))
    socket, secret = settings.slack_app_token, settings.slack_signing_secret
    if socket is None and secret is None:
        faults.append(
            (
                "SLACK_APP_TOKEN",
                "not set, nor is SLACK_SIGNING_SECRET: set the first for Socket Mode, or the second for HTTP mode",
            )
        )
    if socket is not None and secret is not None:
        faults.append(
            (
                "SLACK_SIGNING_SECRET",
                "set beside SLACK_APP_TOKEN: keep the app token for Socket Mode, or the secret for HTTP mode",
            )
        )
    if faults or token is None:
        raise SettingsError(tuple(faults))
    return Options(
        bot_token=token.get_secret_value(),
        api_url=settings.slack_api_url,
        database_url=settings.database_url.get_secret_value(),
        signing_secret=None if secret is None else secret.get_secret_value(),
        concurrency=settings.concurrency,
        limits=Limits(
            waiting=settings.queue_limit,
            per_thread=settings.replies_per_thread,
            per_channel=settings.replies_per_channel,
        ),
        deadline=settings.diagnosis_deadline,
        drain=settings.drain_deadline,
        lease=settings.job_lease,
        watch=pauses(settings.watch),
        docs_url=settings.docs_url,
        links=settings.links,
    )


async def serve(
    settings: Settings,
    fleet_file: FleetFile,
    environ: Mapping[str, str],
    *,
    path: Path | None = None,
    announce: Callable[[str], None] = lambda _words: None,
) -> None:
    """Run until SIGTERM or SIGINT; then take nothing new, and let what runs finish. SIGHUP reads the fleet file again.

    Args:
        settings: How it runs.
        fleet_file: What the fleet file held at the start.
        environ: AWS_* and KUBECONFIG.
        path: Where that file is, if not where the settings say.
        announce: Told the address when it listens.

    Raises:
        SettingsError: See `options_of`.
        SlackUnusable: If Slack refuses a token or does not answer.
        OSError: If the port is taken.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with running(settings, fleet_file, environ, path=path) as address:
        announce(address)
        await stopping.wait()
        _log.info("stopping")


@asynccontextmanager
async def running(
    settings: Settings,
    fleet_file: FleetFile,
    environ: Mapping[str, str],
    *,
    path: Path | None = None,
) -> AsyncIterator[str]:
    """Run the bot while the block runs; gives the address of its HTTP side.

    Args:
        settings: How it runs.
        fleet_file: What the fleet file held at the start.
        environ: AWS_* and KUBECONFIG.
        path: Where that file is, if not where the settings say.

    The order of the end is: no new deliveries, jobs drained, clients and store closed.
    """
    options = options_of(settings)
    async with (
        LiveFleet(
            path or settings.fleet_file,
            fleet_file,
            lambda file: build_clients(file.fleet, environ),
            now=utc_now,
        ) as live,
        serving(options, live.rules, live.io, lease=live.lease) as service,
        _housekeeping(service, retention_of(settings)),
    ):
        service.telemetry.build.info({"version": version("irsa-doctor")})
        service.telemetry.fleet_since.set_function(live.loaded_at)
        await live.accompany(partial(_beside, service, settings, environ))
        async with (
            _door(service, settings, options, environ) as (address, secrets),
            watching(live, *secrets, every=settings.reload_interval),
            _warming(),
        ):
            _log.info("ready", address=address, team=service.me.team, user=service.me.user)
            yield address


@asynccontextmanager
async def _beside(
    service: Service,
    settings: Settings,
    environ: Mapping[str, str],
    file: FleetFile,
    io: FleetClients,
) -> AsyncIterator[None]:
    """Everything that runs beside the clients of one content of the fleet file."""
    async with (
        _inventory(service, settings, file, io),
        build_clients(file.fleet, environ, limits=SWEEP_LIMITS) as patient,
        sweeps_of(file, patient, service.store, service.bench.sweeps),
        preflights_of(service, settings, file, environ),
    ):
        yield


@asynccontextmanager
async def _inventory(
    service: Service, settings: Settings, file: FleetFile, io: FleetClients
) -> AsyncIterator[None]:
    """Keep the inventory of one content of the fleet file, and count its calls."""
    inventory = Inventory(
        fleet=file.fleet,
        clients=io,
        records=InventoryRecords(engine=service.store.engine, now=service.now),
        every=timedelta(seconds=settings.inventory_interval),
    )
    async with AsyncExitStack() as stack:
        with reporting(service.telemetry.called):
            await stack.enter_async_context(inventory.running())
        yield


@asynccontextmanager
async def _warming() -> AsyncIterator[None]:
    task = asyncio.create_task(asyncio.to_thread(warm), name="irsa-warming")
    try:
        yield
    finally:
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _door(
    service: Service, settings: Settings, options: Options, environ: Mapping[str, str]
) -> AsyncIterator[tuple[str, tuple[SlackSecrets, ...]]]:
    """Let Slack in; gives the address, and the secrets that may change meanwhile."""
    gate = None
    if options.signing_secret is not None:
        gate = Gate(options.signing_secret, time.time)
    socket = None
    if settings.slack_app_token is not None:
        socket = Sockets(service, settings.slack_app_token.get_secret_value())
    secrets = SlackSecrets(
        settings=settings, environ=environ, service=service, gate=gate, sockets=socket
    )

    def connected() -> bool:
        return socket is None or socket.connected

    def trouble() -> str | None:
        return secrets.trouble

    application = make_web(service, gate=gate, connected=connected, trouble=trouble)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.http_host, settings.http_port).start()
        if socket is not None:
            await socket.open()
        host, port = runner.addresses[0][:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}{PATH if gate else ''}"
        yield address, () if settings.slack_secrets is None else (secrets,)
    finally:
        if socket is not None:
            await socket.close()
        await runner.cleanup()


def retention_of(settings: Settings) -> Retention:
    """How long what is kept. The audit trail outlives the incidents that it tells of."""
    return Retention(
        incidents=settings.keep_incidents,
        answers=settings.keep_answers,
        audit=max(settings.keep_audit, settings.keep_incidents),
    )


@asynccontextmanager
async def _housekeeping(service: Service, keep: Retention) -> AsyncIterator[None]:
    async def tidy() -> None:
        _log.info("forgotten", rows=await service.store.forget(keep))

    tidying = repeating(tidy, pause=_HOUR, log=_log, trouble="nothing forgotten")
    async with beside(tidying, name="irsa-housekeeping"):
        yield
