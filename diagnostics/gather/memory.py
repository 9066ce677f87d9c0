"""Answers of one diagnosis by question: each is asked at most once, and every asker's record shows the calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar, cast

from diagnostics.journal import record, recording

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from diagnostics.journal import Call

T = TypeVar("T")


class Memory:
    """What has been read or is being read, by question."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[tuple[object, tuple[Call, ...]]]] = {}
        self._calls: dict[int, Call] = {}

    async def once(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """Return the answer to a question, asking at most once; an asker that gives up stops nobody else."""
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(cast("Callable[[], Awaitable[object]]", read)))
            self._tasks[key] = task
        answer, calls = await asyncio.shield(task)
        for call in calls:
            record(call)
        if isinstance(answer, _Raised):
            raise answer.error
        return cast("T", answer)

    def asked(self, key: Hashable) -> bool:
        """Whether a question was asked, and its answer is no error so far."""
        task = self._tasks.get(key)
        if task is None:
            return False
        return not task.done() or not (task.cancelled() or isinstance(task.result()[0], _Raised))

    async def _ask(self, read: Callable[[], Awaitable[object]]) -> tuple[object, tuple[Call, ...]]:
        with recording() as calls:
            try:
                answer = await read()
            except Exception as error:  # noqa: BLE001  kept for every asker, raised to each
                answer = _Raised(error)
        for call in calls:
            self._calls[id(call)] = call
        return answer, tuple(calls)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call that was answered, oldest first."""
        return tuple(sorted(self._calls.values(), key=lambda call: call.at))

    async def close(self) -> None:
        """Cancel what is still under way."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


class _Raised:
    def __init__(self, error: Exception) -> None:
        self.error = error
