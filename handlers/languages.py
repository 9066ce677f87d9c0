"""Answer a press, a command or a dialog in the language of who made it; only they see the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diagnostics.languages import from_now_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp, AsyncBoltContext

    from handlers.desk import Desk
    from handlers.people import Directory


def register(app: AsyncApp, desk: Desk, directory: Directory) -> None:
    """Find the language before any listener speaks. What is posted for all to read is said by jobs, in theirs."""

    @app.middleware
    async def choose(
        body: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002  Bolt gives it by this name
    ) -> None:
        own = None
        if context.user_id is not None and body.get("type") != "event_callback":
            own = await directory.language(context.user_id)
        from_now_on(own or desk.rules.language_of(context.channel_id or ""))
        await next()
