"""The App Home is opened: show the latest incidents, what the reader may approve, the fleet, and how to start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.ports import Order, Task

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from handlers.desk import Desk


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen for who opens it."""

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        user = event.get("user")
        if event.get("tab") != "home" or not isinstance(user, str):
            return
        order = Order(task=Task.HOME, payload={"user": user[:32]})
        recorded = await desk.inbox.order(order, event_id=str(body.get("event_id") or "") or None)
        desk.meter.delivery("home", recorded.value)
