"""Work that goes on in the background of a block, for as long as the block runs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from structlog.stdlib import BoundLogger


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None], *, name: str) -> AsyncIterator[None]:
    """Do work while the block runs; it is cancelled, and has ended, when the block has."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def repeating(
    work: Callable[[], Awaitable[object]], *, pause: float, log: BoundLogger, trouble: str
) -> None:
    """Do work again and again, until cancelled. What goes wrong is logged, and tried again.

    Args:
        work: Done once a round.
        pause: Seconds between the end of a round and the next.
        log: Where a failure is told.
        trouble: In these words.
    """
    while True:
        try:
            await work()
        except Exception:
            log.exception(trouble)
        await asyncio.sleep(pause)
