"""Slack's secrets change in a mounted folder while the bot runs: in use without a restart, or refused in words."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import aiohttp

from bot.fleet_file import load
from bot.jobs import preflighting
from bot.preflight.walker import Walker
from bot.serve import running
from bot.settings import Settings
from bot.slack.identity import SlackUnusable, who_am_i
from bot.store.inbox import InboxStore
from tests.bot.test_serve import environment
from tests.bot.town import MINJI, ONCALL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    import pytest

    from bot.fleet_file import FleetFile
    from bot.preflight.outcome import Place
    from tests.bot.town import Town


@dataclass
class Rotating:
    """The bot as `irsa serve` runs it, with its secrets in a folder."""

    town: Town
    folder: Path
    url: str

    def write(self, **secrets: str | None) -> None:
        """Replace files of the folder; None takes one away."""
        for name, value in secrets.items():
            if value is None:
                (self.folder / name).unlink()
                continue
            fresh = self.folder / f".{name}"
            fresh.write_text(f"{value}\n")
            fresh.rename(self.folder / name)

    async def notes(self) -> str:
        """What `/readyz` notes."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
            return " ".join((await answer.json())["notes"])

    async def until(self, met: Callable[[str], bool]) -> str:
        """Wait until the notes are so."""
        async with asyncio.timeout(30):
            while not met(said := await self.notes()):  # noqa: ASYNC110  asked of a process
                await asyncio.sleep(0.02)
        return said

    async def answered(self) -> None:
        """Somebody asks for help, and reads it."""
        before = len(self.town.whispers(MINJI))
        self.town.driver.mention(MINJI, ONCALL, "")
        await self.town.driver.wait_for(
            lambda: len(self.town.whispers(MINJI)) > before, timeout=30, what="the help"
        )


@asynccontextmanager
async def rotating(town: Town, tmp_path: Path, *, mode: str) -> AsyncIterator[Rotating]:
    app = town.slack.workspace.app
    folder = tmp_path / "slack"
    folder.mkdir()
    variables = environment(
        tmp_path,
        IRSA_SLACK_SECRETS=str(folder),
        SLACK_API_URL=town.slack.api_url,
        IRSA_RELOAD_INTERVAL="0.02",
        IRSA_INVENTORY_INTERVAL="0",
    )
    here = Rotating(town, folder, "")
    here.write(SLACK_BOT_TOKEN=app.bot_token)
    if mode == "http":
        here.write(SLACK_SIGNING_SECRET=app.signing_secret)
    else:
        here.write(SLACK_APP_TOKEN=app.app_token)
    settings = Settings.from_environ(variables)
    async with running(settings, load(settings.fleet_file), variables) as address:
        here.url = address.removesuffix("/slack/events")
        if mode == "http":
            town.signed = town.slack.deliver_by_http(address)
        else:
            town.slack.deliver_by_socket()
            await town.slack.workspace.sockets.connected(1)
        yield here
        await town.slack.workspace.delivery.settle()


async def taken(caplog: pytest.LogCaptureFixture, *changed: str) -> None:
    """Wait until the log says that these are in use."""

    def lines() -> list[Any]:
        return [r.msg for r in caplog.records if "Slack secrets in use" in r.getMessage()]

    async with asyncio.timeout(30):
        while not lines():  # noqa: ASYNC110  another task logs it
            await asyncio.sleep(0.02)
    assert all(name in str(lines()[-1]) for name in changed)
    caplog.clear()


async def test_a_bot_token_and_a_signing_secret_are_taken_without_a_restart(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Callable[[], Awaitable[Place]]] = []

    def walker(file: FleetFile, _environ: object, slack: Any, *_: object) -> Walker:
        made.append(slack)
        return Walker(file=file, walk=AsyncMock())

    monkeypatch.setattr(preflighting, "walker_of", walker)
    async with rotating(town, tmp_path, mode="http") as bot:
        await bot.answered()
        fresh = replace(
            town.slack.workspace.app, bot_token="xoxb-second", signing_secret="second-secret"
        )
        town.slack.workspace.app = fresh
        assert town.signed is not None
        town.signed.app = fresh
        bot.write(SLACK_BOT_TOKEN=fresh.bot_token, SLACK_SIGNING_SECRET=fresh.signing_secret)
        await taken(caplog)

        await bot.answered()
        assert await bot.notes() == ""
        assert (await made[0]()).works  # a preflight asks by the new token too

    assert "xoxb-second" not in caplog.text


async def test_a_token_of_another_app_or_workspace_is_refused_in_a_sentence(
    town: Town, tmp_path: Path
) -> None:
    workspace = town.slack.workspace
    ours = workspace.app
    async with rotating(town, tmp_path, mode="http") as bot:
        workspace.app = replace(ours, bot_token="xoxb-other", user_id="U0OTHER001")
        bot.write(SLACK_BOT_TOKEN="xoxb-other")
        said = await bot.until(bool)
        workspace.app = ours
        await bot.answered()  # by the token before
        bot.write(SLACK_BOT_TOKEN="xoxb-unknown")
        unknown = await bot.until(lambda now: "invalid_auth" in now)
        bot.write(SLACK_BOT_TOKEN=ours.bot_token)
        await bot.until(lambda now: not now)
        await bot.answered()

    assert "SLACK_BOT_TOKEN is of bot U0OTHER001 in workspace T0EXAMPLE1, not of U0IRSABOT1" in said
    assert "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)" in unknown


async def test_files_that_hold_no_token_or_another_mode_change_nothing(
    town: Town, tmp_path: Path
) -> None:
    app = town.slack.workspace.app
    sound = {"SLACK_BOT_TOKEN": app.bot_token, "SLACK_APP_TOKEN": app.app_token}
    async with rotating(town, tmp_path, mode="socket") as bot:
        for name, value, words in (
            ("SLACK_BOT_TOKEN", "not a token", "SLACK_BOT_TOKEN: not a bot token"),
            ("SLACK_APP_TOKEN", "x" * 5_000, "its file holds more than 4,096 bytes"),
            (
                "SLACK_SIGNING_SECRET",
                "a-secret-of-slack",
                "SLACK_SIGNING_SECRET is new; a change of mode takes a restart",
            ),
        ):
            bot.write(**{name: value})
            assert words in await bot.until(lambda now, words=words: words in now)  # type: ignore[misc]
            bot.write(**{name: sound.get(name)})
            await bot.until(lambda now: not now)
        await bot.answered()
    assert town.slack.workspace.sockets.accepted == 1


async def test_an_app_level_token_is_taken_by_a_second_connection_and_nothing_is_lost(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets = town.slack.workspace.sockets
    begun, go_on, times = asyncio.Event(), asyncio.Event(), 0
    real = InboxStore.order

    async def slow(self: InboxStore, *arguments: Any, **named: Any) -> Any:
        nonlocal times
        times += 1
        begun.set()
        await go_on.wait()
        return await real(self, *arguments, **named)

    first = replace(town.slack.workspace.app, app_token="xapp-1-A0IRSADOC1-1-a")
    town.slack.workspace.app = first
    # However slow the machine is: neither side gives up what is not acknowledged yet.
    sockets.timing = replace(sockets.timing, answer=60.0)
    monkeypatch.setattr("bot.serve_socket._GRACE", 60.0)
    async with rotating(town, tmp_path, mode="socket") as bot:
        monkeypatch.setattr(InboxStore, "order", slow)
        town.slack.workspace.app = replace(first, app_token="xapp-1-A0IRSADOC1-2-b")
        asked = asyncio.create_task(bot.answered())
        await begun.wait()
        bot.write(SLACK_APP_TOKEN="xapp-1-A0IRSADOC1-2-b")
        await sockets.reconnected(1)  # while the first has not acknowledged yet
        go_on.set()
        await asked
        await taken(caplog)
        async with asyncio.timeout(30):
            while len(sockets.connections) > 1:  # noqa: ASYNC110  hung up by the other side
                await asyncio.sleep(0.005)
        assert times == 1

        bot.write(SLACK_APP_TOKEN="xapp-1-A0OTHER001-3-c")
        other = await bot.until(bool)
        bot.write(SLACK_APP_TOKEN="xapp-nobodys")
        refused = await bot.until(lambda now: now not in ("", other))
        await bot.answered()

    assert "SLACK_APP_TOKEN is of app A0OTHER001, not of A0IRSADOC1" in other
    assert "Slack does not accept SLACK_APP_TOKEN (invalid_auth)" in refused
    assert sockets.accepted == 2


async def test_a_token_that_slack_gave_no_answer_to_is_tried_again(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rotating(town, tmp_path, mode="http") as bot:
        tried = iter([True, True] + [False] * 99)

        async def silent(*arguments: Any) -> Any:
            if next(tried):
                raise SlackUnusable("as if") from TimeoutError()
            return await who_am_i(*arguments)

        monkeypatch.setattr("bot.live.slack_secrets.who_am_i", silent)
        town.slack.workspace.app = replace(town.slack.workspace.app, bot_token="xoxb-second")
        bot.write(SLACK_BOT_TOKEN="xoxb-second")
        await taken(caplog, "SLACK_BOT_TOKEN")
        assert await bot.notes() == ""
