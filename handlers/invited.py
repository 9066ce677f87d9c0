"""Somebody invites us into a channel: say hello once, and how to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.paste.reading.untrusted import text_at
from handlers.ports import Order, Task

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen for who joins a channel; we are told of others too, and leave them alone."""

    @app.event("member_joined_channel")
    async def joined(event: dict[str, Any], body: dict[str, Any]) -> None:
        channel = text_at(event, "channel")[:32]
        if text_at(event, "user") != desk.me.user or not channel:
            desk.meter.delivery("joined", "other")
            return
        order = Order(task=Task.HELLO, payload={"channel": channel}, urgent=False)
        recorded = await desk.inbox.order(order, event_id=text_at(body, "event_id") or None)
        desk.meter.delivery("joined", recorded.value)
