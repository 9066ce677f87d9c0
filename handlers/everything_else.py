"""What nothing else handles: acknowledged, so that Slack does not try again; old buttons say that they are old."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from diagnostics.languages import speak
from handlers.buttons.pressed import OUT_OF_DATE, tell
from handlers.click import Click

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.desk import Desk
    from handlers.people import Directory

_ANY: Final = re.compile(r".*", re.DOTALL)
_GROUPS: Final = (
    "subteam_members_changed",
    "subteam_updated",
    "channel_shared",
    "channel_unshared",
)


def register(app: AsyncApp, desk: Desk, directory: Directory) -> None:
    """Listen last: Bolt takes the first listener that matches, and answers 404 where none does."""

    @app.event(re.compile("|".join(_GROUPS)))
    async def changed() -> None:
        directory.forget()
        desk.meter.delivery("directory", "forgotten")

    @app.event(_ANY)
    async def event() -> None:
        desk.meter.delivery("event", "other")

    @app.action(_ANY)
    async def action(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        desk.meter.delivery("press", "unknown")
        await tell(Click.parse(body), client, OUT_OF_DATE)

    @app.view_submission(_ANY)
    async def submitted(ack: AsyncAck) -> None:
        await ack()

    @app.view_closed(_ANY)
    async def closed(ack: AsyncAck) -> None:
        await ack()

    @app.shortcut(_ANY)
    async def shortcut(ack: AsyncAck) -> None:
        await ack()

    @app.options(_ANY)
    async def options(ack: AsyncAck) -> None:
        await ack(options=[])

    @app.command(_ANY)
    async def command(ack: AsyncAck) -> None:
        await ack(speak("I do not know this command. Use `/irsa help`."))
