"""What is up while its block runs: all that it opened lies on one stack, and is closed from the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AsyncExitStack
    from types import TracebackType


class Stacked:
    """An asynchronous context manager whose `__aenter__` puts what it opens on `_stack`."""

    _stack: AsyncExitStack

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()
