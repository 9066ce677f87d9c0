"""The bot in front of the Slack stand-in: signed payloads in, Web API calls out, a fleet in memory behind it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot.app import Options, serving
from bot.serve_http import PATH, make_web
from bot.serve_signed import Gate
from bot.serve_socket import Socket
from bot.store.tables import jobs
from sandbox.slack.timing import Timing
from tests.engine import healthy as worlds
from tests.engine.fleet_double import DoubleClients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.fleet_file import Approver, FleetFile
    from bot.service import Service
    from bot.store import Store
    from sandbox.slack import Driver, SlackServer
    from sandbox.slack.messages import Message
    from sandbox.slack.signed_http import SignedHttp
    from tests.engine.fleet_double import World

ONCALL, PAYMENTS, PARTNER, RANDOM = "C0ONCALL01", "C0PAYMENT1", "C0PARTNER1", "C0RANDOM01"
MINJI, OMAR, GAIL, SAM = "U0MINJI001", "U0OMAR0001", "U0GUEST001", "U0STRANGE1"
GROUP = "S0ONCALL01"
ERROR = (
    "WebIdentityErr: failed to retrieve credentials\ncaused by: AccessDenied: Not authorized to perform "
    "sts:AssumeRoleWithWebIdentity\n\tstatus code: 403, request id: 6b1f6d0c-0d5c-4f4e-9a51-1f0e4a3b2c1d"
)
PASTE = f"{ERROR}\nsystem:serviceaccount:payments:api"
OTHER = ERROR.replace(
    "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "InvalidIdentityToken: No OpenIDConnect provider found in your account for "
    "https://oidc.eks.eu-west-1.amazonaws.com/id/A1B2C3D4E5F60718293A4B5C6D7E8F90",
) + ("\nsystem:serviceaccount:payments:api")
IN_BOTH = pytest.mark.parametrize("transport", ["http", "socket"])
"""By signed HTTP requests, and by Socket Mode."""
QUICK = Timing(answer=20.0, trigger=20.0, retries=(0.0, 0.02, 0.04))
"""Slack waits 3 s; a busy machine that runs many tests at once gets more."""


async def unfinished(store: Store) -> int:
    """How many jobs wait or run, in whatever process."""
    left = select(func.count()).where(jobs.c.state != "done")
    async with store.engine.connect() as connection:
        return (await connection.scalar(left)) or 0


@dataclass
class Clock:
    """The time of the bot, which tests move."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Bot:
    """One process of the bot, delivered to over HTTP."""

    service: Service
    url: str
    gate: Gate

    async def idle(self) -> None:
        """Wait until nothing waits and nothing runs, in whatever process."""
        async with asyncio.timeout(30):
            # The queue is in a database, which sets no event.
            while self.service.runner.busy or await unfinished(self.service.store):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        """Wait until nothing runs in this process."""
        async with asyncio.timeout(30):
            while self.service.runner.busy:  # noqa: ASYNC110  a task that dies early sets no event
                await asyncio.sleep(0.005)


@dataclass
class Town:
    """Slack, the fleet, and how the bot is started."""

    slack: SlackServer
    world: World
    file: FleetFile
    database: str
    clock: Clock
    options: dict[str, Any] = field(default_factory=dict)
    transport: str = "http"
    """How Slack delivers: `http` or `socket`."""
    signed: SignedHttp | None = None

    @property
    def driver(self) -> Driver:
        return self.slack.driver

    @asynccontextmanager
    async def bot(self, **changed: Any) -> AsyncIterator[Bot]:
        app = self.slack.workspace.app
        options = Options(
            **{
                "bot_token": app.bot_token,
                "api_url": self.slack.api_url,
                "database_url": self.database,
                "signing_secret": app.signing_secret,
                "follow": (0.01, 0.01),
                "pace": 0.0,
                "pauses": (0.01, 0.01),
                "audit_pauses": (0.05, 0.3),
                "audit_look": 0.1,
                "drain": 5.0,
                **self.options,
                **changed,
            }
        )
        async with serving(
            options, self.file, DoubleClients(self.world), now=self.clock
        ) as service:
            gate = Gate(app.signing_secret, self.slack.workspace.clock.now)
            runner = web.AppRunner(make_web(service, gate=gate), shutdown_timeout=0.5)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
            self.signed = self.slack.deliver_by_http(url)
            socket = Socket(service, app.app_token) if self.transport == "socket" else None
            if socket is not None:
                await socket.open()
                self.slack.deliver_by_socket()
                await self.slack.workspace.sockets.connected(1)
            try:
                yield Bot(service=service, url=url, gate=gate)
            finally:
                await self.slack.workspace.delivery.settle()
                if socket is not None:
                    await socket.close()
                await runner.cleanup()

    async def settle(self, bot: Bot) -> None:
        """Wait until Slack has delivered everything and the bot has done everything."""
        await self.slack.workspace.delivery.settle()
        await bot.idle()
        await self.slack.workspace.delivery.settle()

    def replies(self, ts: str, channel: str = ONCALL) -> list[Message]:
        return self.driver.replies(channel, ts)

    def reply(self, ts: str, channel: str = ONCALL) -> Message:
        """The one reply of a thread."""
        ours = [m for m in self.replies(ts, channel) if m.bot_id is not None]
        assert len(ours) == 1, [m.text for m in ours]
        return ours[0]

    def whispers(self, user: str) -> list[str]:
        return [m.text for m in self.driver.whispers(user)]

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The arguments of each call of a Web API method."""
        return [arguments for name, arguments in self.slack.workspace.calls if name == method]

    async def paste(self, bot: Bot, text: str = "", *, user: str = MINJI, **where: Any) -> str:
        """Post, and wait until everything is over."""
        ts = self.driver.post_as(user, where.pop("channel", ONCALL), text or PASTE, **where)
        await self.settle(bot)
        return ts


def broken() -> World:
    """The healthy world with the annotation of payments/api naming a role that does not exist."""
    world = worlds.healthy()
    world.accounts[0] = worlds.service_account(role_arn=f"arn:aws:iam::{worlds.SHARED}:role/nope")
    return world


def shown(message: Message) -> str:
    """Everything that a message shows, as text."""
    return "\n".join(_texts(message.blocks))


def _texts(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [t for value in node.values() for t in _texts(value)]
    if isinstance(node, list):
        return [t for item in node for t in _texts(item)]
    return []


def elements(message: Message) -> list[dict[str, Any]]:
    """The buttons and menus of a message, from the top."""
    return [e for b in message.blocks if b["type"] == "actions" for e in b["elements"]]


def labels(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    return [e["text"]["text"] for e in elements(message) if e["type"] == "button"]


def menu_value(message: Message, start: str) -> str:
    """The value of the menu's option that starts so."""
    (menu,) = [e for e in elements(message) if e["type"] == "overflow"]
    (value,) = [o["value"] for o in menu["options"] if o["value"].startswith(start)]
    return str(value)


def with_approvers(file: FleetFile, *approvers: Approver) -> FleetFile:
    return replace(file, approvers=approvers)
