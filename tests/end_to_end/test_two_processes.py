"""Two real bot processes on one PostgreSQL: presses that race, and processes that are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio

from bot.audit import AuditTrail
from bot.manifest import manifest_text
from bot.store import open_store
from sandbox.kube.api import KubernetesApi
from sandbox.slack.delivery import Answer, Outgoing
from sandbox.slack.interactions import submission
from sandbox.stage import Play, Stage
from sandbox.world import World
from sandbox.world.blueprint import paste_of
from tests.bot import postgres
from tests.end_to_end.conftest import MINJI, PAYMENTS, Scene, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from aiohttp import web

    from sandbox.slack.messages import Message
    from sandbox.slack.signed_http import SignedHttp

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

ACCOUNT = "/api/v1/namespaces/payments/serviceaccounts/api"
LEASE = 2
"""Seconds after which the work of a killed process goes to the other."""
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Both:
    """Delivers to several doors at once, as a Slack that never waits would."""

    doors: list[SignedHttp]

    async def send(self, outgoing: Outgoing) -> Answer:
        answers = await asyncio.gather(*(door.send(outgoing) for door in self.doors))
        return answers[0]


@dataclass
class Town:
    """The stage with two bots, and what the Kubernetes API was asked to change."""

    stage: Stage
    database: str
    bots: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    """By their request URLs."""
    written: list[str] = field(default_factory=list)
    """Changes of the service account that were carried out."""
    on_write: Callable[[], None] = field(default=lambda: None)
    """Called when such a change is carried out, before whoever asked for it is told."""

    @property
    def scene(self) -> Scene:
        return Scene(self.stage)

    async def start(self) -> str:
        """Start one more bot; its request URL."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environ = {**self.stage._environ(), "IRSA_HTTP_PORT": str(port)}
        with self.stage.log.open("ab") as log:
            bot = await asyncio.create_subprocess_exec(
                *self.stage.play.bot, env=environ, stdout=log, stderr=log
            )
        url = f"http://127.0.0.1:{port}/slack/events"
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            while bot.returncode is None:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                        if answer.ok:
                            break
                except OSError:
                    pass
                await asyncio.sleep(0.05)
        self.bots[url] = bot
        return url

    def lead(self, *urls: str) -> None:
        """Let Slack deliver to these bots, each delivery to all of them at the same time."""
        doors = [self.stage.slack.deliver_by_http(url) for url in urls]
        self.stage.workspace.delivery.transport = Both(doors)

    async def submit_often(self, view: dict[str, Any], times: int) -> list[str]:
        """Submit a dialog again and again, to all bots in turn and at the same time; what they answer."""
        workspace = self.stage.workspace
        urls = list(self.bots)
        signed = self.stage.slack.deliver_by_http(urls[0])

        async def one(session: aiohttp.ClientSession, number: int) -> str:
            payload = submission(workspace, workspace.users[MINJI], view, {}) | {"number": number}
            request = signed._signed(Outgoing(kind="interactive", payload=payload))
            url = urls[number % len(urls)]
            async with session.post(url, data=request.body, headers=request.headers) as answer:
                assert answer.status == 200
                return await answer.text()

        async with aiohttp.ClientSession() as session:
            return list(await asyncio.gather(*(one(session, n) for n in range(times))))

    async def audited(self, action: str) -> list[str]:
        """The decisions on record about something."""
        async with open_store(self.database, now=lambda: NEVER) as store:
            trail = AuditTrail(engine=store.engine, now=store.now)
            found = await trail.verify()
            assert found.faults == ()
            return [e.decision async for e in trail.entries() if e.action == action]

    async def opened(self) -> tuple[str, Message, dict[str, Any]]:
        """A fresh world and paste, with the dialog of its fix open."""
        await self.stage.world.reset()
        self.written.clear()
        one = next(s for s in self.stage.world.scenarios if s.id == "missing-annotation")
        driver = self.stage.driver
        ts = driver.post_as(MINJI, PAYMENTS, paste_of(one))
        card = await self.scene.card(PAYMENTS, ts, patience=30)
        await driver.press("Apply annotation", MINJI, channel=PAYMENTS, message_ts=card.ts)
        await driver.wait_for(lambda: driver.modal(MINJI), timeout=40, what="the dialog")
        return ts, card, driver.view(MINJI)

    async def settled(self, thread: str) -> str:
        """What the reply says once the fix is through."""
        message = await self.scene.says(PAYMENTS, thread, "Done*  Set the annotation")
        await self.scene.says(PAYMENTS, thread, "re-read")
        return text_of(message)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """An empty database on a real server."""
    folder = postgres.binaries()
    if folder is None:
        pytest.skip(postgres.NOT_HERE)
    with postgres.running(folder) as address:
        yield postgres.create(folder, address, "two")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(database: str) -> AsyncIterator[Town]:
    play = Play(
        bot=(sys.executable, "-m", "bot", "serve"),
        manifest=manifest_text(),
        settings={
            "IRSA_DATABASE_URL": database,
            "IRSA_JOB_LEASE": str(LEASE),
            "IRSA_INVENTORY_INTERVAL": "0",
        },
    )
    async with Stage(play, World(clusters=["prod-eu"])) as stage:
        town = Town(stage=stage, database=database)
        with watching(town):
            first = f"{stage.bot_url}/slack/events"
            assert stage.bot is not None
            town.bots[first] = stage.bot
            await town.start()
            try:
                yield town
            finally:
                for bot in town.bots.values():
                    if bot.returncode is None:
                        bot.kill()
                        await bot.wait()


@contextmanager
def watching(town: Town) -> Iterator[None]:
    """Count and report the changes of the service account, as the Kubernetes API carries them out."""
    real = KubernetesApi._served

    async def served(self: KubernetesApi, request: web.Request, user: Any) -> web.StreamResponse:
        writes = request.method == "PATCH" and request.path == ACCOUNT
        if not writes or "dryRun" in request.query:
            return await real(self, request, user)
        answer = await real(self, request, user)
        town.written.append(request.path)
        town.on_write()
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KubernetesApi, "_served", served)
        yield


async def test_both_receive_every_delivery_and_one_answers(town: Town) -> None:
    town.lead(*town.bots)
    one = next(s for s in town.stage.world.scenarios if s.id == "missing-annotation")
    posts = len(_posts(town))
    stamps = [town.stage.driver.post_as(MINJI, PAYMENTS, paste_of(one)) for _ in range(3)]
    for ts in stamps:
        await town.scene.card(PAYMENTS, ts, patience=30)
    await town.stage.workspace.delivery.settle()

    assert [len(town.stage.driver.replies(PAYMENTS, ts)) for ts in stamps] == [1, 1, 1]
    assert len(_posts(town)) - posts == 3


def _posts(town: Town) -> list[Any]:
    return [a for name, a in town.stage.workspace.calls if name == "chat.postMessage"]


async def test_fifty_presses_over_two_processes_change_it_once(town: Town) -> None:
    town.lead(next(iter(town.bots)))
    thread, _, view = await town.opened()
    bodies = await town.submit_often(view, 50)
    said = await town.settled(thread)

    assert town.written == [ACCOUNT]
    assert len([b for b in bodies if not b]) == 1
    assert len([b for b in bodies if "Not applied" in b]) == 49
    assert said.count("Done*  Set the annotation") == 1
    assert (await town.audited("confirm")).count("claimed") == 1
    assert (await town.audited("apply")) == ["applied"]


async def test_a_process_that_is_killed_at_its_write_leaves_one_change_and_the_truth(
    town: Town,
) -> None:
    """By SIGKILL, before it hears that its change was carried out: the other process takes over."""
    applied = len(await town.audited("apply"))
    doomed, other = town.bots
    town.lead(doomed)
    thread, _, _ = await town.opened()
    other_bot, doomed_bot = town.bots[other], town.bots[doomed]

    def kill() -> None:
        if doomed_bot.returncode is None:
            os.kill(doomed_bot.pid, signal.SIGKILL)
            os.kill(other_bot.pid, signal.SIGCONT)

    os.kill(other_bot.pid, signal.SIGSTOP)
    town.on_write = kill
    try:
        await town.stage.driver.submit(MINJI, {})
        await asyncio.wait_for(doomed_bot.wait(), 30)
        said = await town.settled(thread)
    finally:
        town.on_write = lambda: None
        os.kill(other_bot.pid, signal.SIGCONT)
    del town.bots[doomed]

    account = await town.stage.world.kubectl_get("prod-eu", ACCOUNT)
    value = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert doomed_bot.returncode == -signal.SIGKILL
    assert value.endswith(":role/payments-api")
    assert said.count("Done*  Set the annotation") == 1
    assert "Failed" not in said
    assert len(await town.audited("apply")) == applied + 1
