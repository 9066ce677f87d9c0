"""Read where it can be read, and fall back to what was handed over where it can't."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from diagnostics.errors import ReadError, Unreachable
from diagnostics.journal import record, recording

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PATIENCE: Final = 3.0
"""Seconds that a read may take where an answer was handed over already."""


class ReadFirst:
    """Fulfils the protocol of its two readers: each method asks the live one first.

    What we read ourselves counts more than what somebody pasted. A reader that does not answer in time is not asked
    again, so that a dead cluster costs its time once.

    Args:
        live: Reads.
        held: Answers from evidence, and raises `ReadError` for what the evidence lacks.
    """

    def __init__(self, live: object, held: object, *, patience: float = PATIENCE) -> None:
        self._live = live
        self._held = held
        self._patience = patience
        self._silent = False

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        """Give the method of both readers."""
        live, held = getattr(self._live, name), getattr(self._held, name)

        async def read(*given: Any, **named: Any) -> Any:
            try:
                with recording() as calls:
                    answer = await held(*given, **named)
            except ReadError:
                return await live(*given, **named)
            if not self._silent:
                try:
                    async with asyncio.timeout(self._patience):
                        return await live(*given, **named)
                except (TimeoutError, Unreachable):
                    self._silent = True
                except ReadError:
                    pass  # refused; the next read may not be
            for call in calls:
                record(call)
            return answer

        return read
