"""The whole stage on loopback: AWS, Kubernetes, Slack with its page, and the bot as a process of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self

from aiohttp import ClientSession, web

from sandbox.page.mount import mount_page
from sandbox.slack import SlackServer, Workspace, app_from_manifest, demo_workspace
from sandbox.slack.loopback import refusal
from sandbox.stacked import Stacked
from sandbox.world.mount import mount_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp.typedefs import Handler

    from sandbox.slack import Driver
    from sandbox.world import World

Transport = Literal["http", "socket"]

_STARTS: Final = 60.0
"""Seconds that the bot gets to say that it is ready."""
_STOPS: Final = 30.0
"""Seconds that it gets to finish what runs, before it is killed."""
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH", "SSL_CERT_FILE")
"""Of the caller's environment; nothing that could lead the bot to a real account or workspace."""


class StageError(Exception):
    """The stage can't be set; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What the stage is set up with.

    Attributes:
        bot: The command that starts the bot; it must print a line with `Ready` to standard error.
        manifest: The Slack app's manifest; it grants the scopes and events.
        transport: How Slack reaches the bot.
        port: Where the page is served; 0 for a free port.
        log: Where the bot's log goes; a file of the stage's own folder without it.
        settings: Further environment variables for the bot.
    """

    bot: Sequence[str]
    manifest: str
    transport: Transport = "http"
    port: int = 0
    log: Path | None = None
    settings: Mapping[str, str] | None = None


class Stage(Stacked):
    """Everything started in order, and stopped in reverse."""

    def __init__(self, play: Play, world: World, workspace: Workspace | None = None) -> None:
        self.play = play
        self.world = world
        self.workspace = workspace or demo_workspace(app_from_manifest(play.manifest))
        self.slack = SlackServer(self.workspace, port=play.port, mounts=(self._mount,))
        self.bot: asyncio.subprocess.Process | None = None
        self._folder = Path()
        self._bot_port = 0
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{self.workspace.base_url}/"

    @property
    def driver(self) -> Driver:
        """Does what people do."""
        return self.slack.driver

    @property
    def log(self) -> Path:
        """The bot's log."""
        return self.play.log or self._folder / "bot.log"

    @property
    def bot_url(self) -> str:
        """The bot's own address, for health and metrics."""
        return f"http://127.0.0.1:{self._bot_port}"

    async def __aenter__(self) -> Self:
        try:
            self._folder = Path(
                self._stack.enter_context(tempfile.TemporaryDirectory(prefix="irsa-demo-"))
            )
            # A page that is opened early says so, and what is posted there waits.
            self.workspace.starting(over=False)
            # The page's port first: it is the one that may be taken.
            await self._stack.enter_async_context(self.slack)
            await self._stack.enter_async_context(self.world)
            self.world.fleet_yaml(self._folder / "fleet.yaml")
            await self.start_bot()
        except BaseException:
            await self._stack.aclose()
            raise
        self._stack.push_async_callback(self.stop_bot)
        return self

    async def start_bot(self) -> None:
        """Start the bot and wait until it listens.

        Raises:
            StageError: It ended, or did not get ready in a minute; with the last lines of its log.
        """
        self._bot_port = self._bot_port or _free_port()
        self.workspace.starting(over=False)
        with self.log.open("ab") as log:
            self.bot = await asyncio.create_subprocess_exec(
                *self.play.bot, env=self._environ(), stdout=log, stderr=log, cwd=self._folder
            )
        if self.play.transport == "http":
            self.slack.deliver_by_http(f"{self.bot_url}/slack/events")
        else:
            self.slack.deliver_by_socket()
        await self._ready()
        self.workspace.starting(over=True)

    async def stop_bot(self) -> None:
        """Ask the bot to stop, and wait until it has finished what runs."""
        if self.bot is None or self.bot.returncode is not None:
            return
        self.bot.terminate()
        try:
            async with asyncio.timeout(_STOPS):
                await self.bot.wait()
        except TimeoutError:
            self.bot.kill()
            await self.bot.wait()

    async def kill_bot(self) -> None:
        """End the bot as a crash would."""
        if self.bot is not None and self.bot.returncode is None:
            self.bot.kill()
            await self.bot.wait()

    async def _ready(self) -> None:
        assert self.bot is not None
        try:
            async with asyncio.timeout(_STARTS), ClientSession() as session:
                while self.bot.returncode is None:
                    try:
                        async with session.get(f"{self.bot_url}/readyz") as answer:
                            if answer.ok:
                                return
                    except OSError:
                        pass
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pass
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-2_000:]
        raise StageError(f"the bot did not start; its log ends in:\n{tail}")

    def _environ(self) -> dict[str, str]:
        app = self.workspace.app
        door = (
            {"SLACK_SIGNING_SECRET": app.signing_secret}
            if self.play.transport == "http"
            else {"SLACK_APP_TOKEN": app.app_token}
        )
        return {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            **self.world.environ(),
            **door,
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "IRSA_FLEET_FILE": str(self._folder / "fleet.yaml"),
            "IRSA_DATABASE_URL": f"sqlite:///{self._folder / 'irsa.sqlite3'}",
            "IRSA_HTTP_PORT": str(self._bot_port),
            "IRSA_REPLIES_PER_CHANNEL": "10000",  # whoever tries all failures wants all answers
            **(self.play.settings or {}),
        }

    def _mount(self, app: web.Application) -> None:
        app.middlewares.append(_own_page_only)
        mount_page(app)
        mount_world(app, self.world)


@web.middleware
async def _own_page_only(
    request: web.Request,
    handler: Handler,
) -> web.StreamResponse:
    """Let no page of another site read or reset the world."""
    if request.path.startswith("/world/") and (why := refusal(request)) is not None:
        return web.json_response({"error": why}, status=403)
    answer: web.StreamResponse = await handler(request)
    return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
