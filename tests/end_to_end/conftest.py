"""The whole product on one stage: moto, Kubernetes, Slack's stand-in, and the bot as a process of its own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.manifest import manifest_text
from sandbox.stage import Play, Stage
from sandbox.world import World
from tests.support.apiserver import ControlPlane, missing_assets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack.messages import Message

ONCALL, PAYMENTS, PARTNER = "C0ONCALL01", "C0PAYMENT1", "C0PARTNER1"
CHANNELS = {
    "oncall": ONCALL,
    "payments": PAYMENTS,
    "partner-shared": PARTNER,
    "war-room": "G0WARROOM1",
}
MINJI, OMAR, YUKI = "U0MINJI001", "U0OMAR0001", "U0YUKI0001"
"""On call and approver; approver by user group; neither."""

STAGES = ("emulator-http", "emulator-socket", "apiserver-http")


@dataclass(frozen=True, slots=True)
class Scene:
    """A running stage, and what the tests ask of it."""

    stage: Stage
    whole: bool = True
    """Whether this stage shows all scenarios."""

    async def card(self, channel: str, thread: str, *, patience: float = 8) -> Message:
        """The bot's finished reply in a thread."""

        def look() -> Message | None:
            for message in self.stage.driver.replies(channel, thread):
                if any(block["type"] in ("actions", "header") for block in message.blocks or ()):
                    return message
            return None

        found: Message = await self.stage.driver.wait_for(look, timeout=patience, what="a card")
        return found

    async def says(self, channel: str, thread: str, words: str, *, patience: float = 90) -> Message:
        """The bot's reply as soon as it holds the words."""

        def look() -> Message | None:
            for message in self.stage.driver.replies(channel, thread):
                if words in text_of(message):
                    return message
            return None

        try:
            found: Message = await self.stage.driver.wait_for(look, timeout=patience, what=words)
        except TimeoutError as error:
            last = self.stage.driver.replies(channel, thread)[-1:]
            error.add_note("\n".join(text_of(message) for message in last))
            raise
        return found

    async def press_through(self, label: str, user: str, channel: str, message: Message) -> None:
        """Press a button and confirm its dialog."""
        driver = self.stage.driver
        await driver.press(label, user, channel=channel, message_ts=message.ts)
        await driver.wait_for(lambda: driver.modal(user), timeout=40, what="the dialog")
        answer = await driver.submit(user, {})
        assert answer.ok, answer.errors


def text_of(message: Message) -> str:
    """Everything that a message shows."""
    parts = [message.text]

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                parts.append(node["text"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message.blocks)
    return "\n".join(parts)


def world_of(kube: str) -> World:
    """The world on the embedded Kubernetes API, or on a real one."""
    if kube == "emulator":
        return World()
    if (why := missing_assets(os.environ)) is not None:
        pytest.skip(why)
    return World(kube="apiserver", control_plane=ControlPlane)


def play_of(transport: str) -> Play:
    """The bot as `irsa serve` starts it."""
    return Play(
        bot=(sys.executable, "-m", "bot", "serve"),
        manifest=manifest_text(),
        transport="socket" if transport == "socket" else "http",
    )


@pytest_asyncio.fixture(scope="package", loop_scope="package", params=STAGES)
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """Each stage once for the package."""
    kube, transport = request.param.split("-")
    async with Stage(play_of(transport), world_of(kube)) as stage:
        yield Scene(stage, whole=request.param == STAGES[0])
