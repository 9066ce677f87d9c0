"""The fleet file changes while the bot runs: read again; a broken one changes nothing; what runs ends as it began."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, cast

import aiohttp
import yaml

from bot.fleet_file import load
from bot.live import LiveFleet
from bot.serve import running
from bot.settings import Settings
from diagnostics.languages import Language
from tests.bot.test_languages import YUKI, read_aloud
from tests.bot.test_serve import FLEET, environment
from tests.bot.town import GROUP, MINJI, OMAR, ONCALL, PASTE, labels
from tests.engine.fleet_double import DoubleClients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import pytest

    from bot.clients import FleetClients
    from bot.fleet_file import FleetFile
    from tests.bot.town import Town

TWO = {
    **FLEET,
    "clusters": [
        *FLEET["clusters"],
        {"name": "new-one", "account": "shared", "region": "eu-west-1"},
    ],  # type: ignore[misc]
}


@dataclass
class Process:
    """The bot as `irsa serve` runs it, in this process."""

    town: Town
    path: Path
    url: str

    def write(self, document: Any) -> None:
        """Replace the file, as an editor does."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(document if isinstance(document, str) else yaml.safe_dump(document))
        fresh.rename(self.path)

    async def status(self) -> str:
        """What `/irsa status` says."""
        answer = await self.town.driver.command(MINJI, ONCALL, "/irsa status")
        return json.dumps(answer)

    async def get(self, path: str) -> str:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}{path}") as answer:
            assert answer.status == 200
            return await answer.text()

    async def until(self, words: str, *, absent: bool = False) -> str:
        """Wait until the status says so, or says so no more."""
        async with asyncio.timeout(10):
            while (words in (said := await self.status())) is absent:  # noqa: ASYNC110  asked of a process
                await asyncio.sleep(0.02)
        return said


@asynccontextmanager
async def serving(
    town: Town, tmp_path: Path, *, every: str = "0.02", then: Any = None
) -> AsyncIterator[Process]:
    app = town.slack.workspace.app
    variables = environment(
        tmp_path,
        SLACK_BOT_TOKEN=app.bot_token,
        SLACK_SIGNING_SECRET=app.signing_secret,
        SLACK_API_URL=town.slack.api_url,
        IRSA_RELOAD_INTERVAL=every,
        IRSA_INVENTORY_INTERVAL="0",
    )
    settings = Settings.from_environ(variables)
    begun_with = load(settings.fleet_file)
    if then is not None:
        settings.fleet_file.write_text(yaml.safe_dump(then))
    async with running(settings, begun_with, variables) as address:
        town.slack.deliver_by_http(address)
        yield Process(
            town=town, path=settings.fleet_file, url=address.removesuffix("/slack/events")
        )


async def test_a_changed_file_is_in_use_without_a_restart(town: Town, tmp_path: Path) -> None:
    async with serving(town, tmp_path) as process:
        assert "new-one" not in await process.status()

        process.write(TWO)

        await process.until("prod-eu, new-one")
        assert "irsa_fleet_file_usable 1.0" in await process.get("/metrics")


async def test_a_change_while_the_bot_starts_is_not_missed(town: Town, tmp_path: Path) -> None:
    async with serving(town, tmp_path, then=TWO) as process:
        await process.until("prod-eu, new-one")


async def test_a_broken_file_changes_nothing_and_says_so_everywhere(
    town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(town, tmp_path) as process:
        process.write("version: 1\naccounts: [\n")
        said = await process.until("Not up to date")

        assert "I read 1 cluster in 1 account: prod-eu." in said
        assert "1 fault, the first in line" in said
        assert "irsa fleet check" in said
        await town.driver.command(YUKI, ONCALL, "/irsa status")
        read_aloud(town.driver.whispers(YUKI)[-1].blocks, Language.JAPANESE)
        ready = json.loads(await process.get("/readyz"))
        assert ready["status"] == "ready"
        assert ready["notes"][0].startswith("the fleet file as it is now can't be used")
        assert "irsa_fleet_file_usable 0.0" in await process.get("/metrics")
        logged = [
            r.getMessage() for r in caplog.records if "fleet file not usable" in r.getMessage()
        ]
        assert len(logged) == 1, "once, and not at every look"

        process.write(TWO)
        await process.until("Not up to date", absent=True)
        assert "new-one" in await process.status()
        assert json.loads(await process.get("/readyz"))["notes"] == []


async def test_a_file_that_is_gone_for_a_moment_is_no_empty_fleet(
    town: Town, tmp_path: Path
) -> None:
    async with serving(town, tmp_path) as process:
        process.path.unlink()

        assert "prod-eu" in await process.until("Not up to date")


async def test_a_config_map_volume_swaps_a_symbolic_link(town: Town, tmp_path: Path) -> None:
    """As the kubelet does: fleet.yaml → ..data/fleet.yaml, and ..data → a folder with the time in its name."""
    async with serving(town, tmp_path) as process:
        for number, document in enumerate((FLEET, TWO)):
            folder = tmp_path / f"..2026_11_24_{number}"
            folder.mkdir()
            (folder / "fleet.yaml").write_text(yaml.safe_dump(document))
        data = tmp_path / "..data"
        data.symlink_to("..2026_11_24_0")
        process.path.unlink()
        process.path.symlink_to("..data/fleet.yaml")
        await process.until("new-one", absent=True)

        fresh = tmp_path / "..data_tmp"
        fresh.symlink_to("..2026_11_24_1")
        fresh.rename(data)

        await process.until("new-one")


async def test_on_sighup_the_file_is_read_at_once(town: Town, tmp_path: Path) -> None:
    async with serving(town, tmp_path, every="0") as process:
        process.write(TWO)
        await asyncio.sleep(0.1)
        assert "new-one" not in await process.status()

        os.kill(os.getpid(), signal.SIGHUP)

        await process.until("new-one")


# -- what runs ------------------------------------------------------------------------------------


@dataclass
class Opened:
    """Clients of one content of the file, which note when they are closed."""

    file: FleetFile
    log: list[str] = field(default_factory=list)

    @property
    def fleet(self) -> Any:
        return self.file.fleet

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.log.append("closed")


def opening(made: list[Opened]) -> Callable[[FleetFile], FleetClients]:
    def make(file: FleetFile) -> FleetClients:
        made.append(Opened(file))
        return cast("FleetClients", made[-1])

    return make


async def test_what_runs_keeps_the_clients_that_it_began_with_until_it_ends(
    town: Town, tmp_path: Path
) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(yaml.safe_dump(FLEET))
    made: list[Opened] = []
    live = LiveFleet(path, load(path), opening(made), now=town.clock, grace=0.0)
    async with live:
        async with live.lease() as running_with:
            path.write_text(yaml.safe_dump(TWO))
            assert await live.reload()
            await asyncio.sleep(0.02)

            assert [c.name for c in running_with.fleet.clusters] == ["prod-eu"]
            assert made[0].log == [], "still in use"
            async with live.lease() as begun_later:
                assert [c.name for c in begun_later.fleet.clusters] == ["prod-eu", "new-one"]
        async with asyncio.timeout(5):
            while not made[0].log:  # noqa: ASYNC110  closed by a task of its own
                await asyncio.sleep(0.005)
        assert made[1].log == []
    assert [one.log for one in made] == [["closed"], ["closed"]]


async def test_the_same_content_again_opens_nothing(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(yaml.safe_dump(FLEET))
    made: list[Opened] = []
    async with LiveFleet(path, load(path), opening(made), now=town.clock) as live:
        path.write_text(f"# a comment\n{yaml.safe_dump(FLEET)}")

        assert await live.reload() is False

    assert len(made) == 1


async def test_who_is_taken_off_the_approvers_is_refused_at_the_next_press(
    town: Town, tmp_path: Path
) -> None:
    """The rules are those of the newest file, whenever the reply was made."""
    path = tmp_path / "fleet.yaml"
    allowed = {**FLEET, "approvers": [{"groups": [GROUP]}]}
    path.write_text(yaml.safe_dump(allowed))
    clients = DoubleClients(town.world)
    live = LiveFleet(path, load(path), lambda _: _closing(clients), now=town.clock)
    async with live:
        town.file = cast("FleetFile", live.rules)
        async with town.bot() as bot:
            ts = await town.paste(bot, f"{PASTE} cluster=prod-eu namespace=payments")
            assert "Apply annotation" in labels(town.reply(ts))
            path.write_text(yaml.safe_dump(FLEET))
            await live.reload()

            await town.driver.press("Apply annotation", OMAR, channel=ONCALL)
            await town.settle(bot)

    assert any("Nobody is named as approver" in words for words in town.whispers(OMAR))


def _closing(clients: DoubleClients) -> FleetClients:
    class Closing(DoubleClients):
        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, *_: object) -> None:
            pass

    return cast("FleetClients", Closing(clients.world))
