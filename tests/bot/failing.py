"""What stands in the place of one of the bot's own parts, so that it fails, dies or does nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.store.queue import JobQueue
from tests.bot.town import OMAR

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.bot.town import Bot, Town


async def failing(*_: Any, **__: Any) -> Any:
    """An error of ours."""
    raise ZeroDivisionError


async def killed(*_: Any, **__: Any) -> Any:
    """The end of the process."""
    raise asyncio.CancelledError


async def nothing(*_: Any, **__: Any) -> None:
    """As if it had never been called: no job is found, none is put back, nothing gets on record."""


async def submitted_then_killed(
    town: Town,
    bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
    part: tuple[object, str, Callable[..., Any]],
) -> None:
    """Approve the fix of the dialog that is open, and lose the process where its job comes to a part of the bot."""
    holder, name, end = part
    with monkeypatch.context() as crash:
        with monkeypatch.context() as held:
            held.setattr(JobQueue, "claim", nothing)
            await town.driver.submit(OMAR, {})
        crash.setattr(JobQueue, "release", nothing)
        crash.setattr(holder, name, end)
        bot.service.store.wake.set()
        async with asyncio.timeout(30):
            while not bot.service.runner.busy:  # noqa: ASYNC110  a job that begins sets no event
                await asyncio.sleep(0)
        await bot.quiet()
