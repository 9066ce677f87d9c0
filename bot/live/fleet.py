"""The fleet file in use, with its clients: a changed file takes effect at once, what runs ends with the old one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self, cast

import structlog

from bot.fleet_file import FleetFileError, load
from diagnostics.languages import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from bot.clients import FleetClients
    from bot.fleet_file import FleetFile
    from diagnostics.clients import Clients
    from diagnostics.languages import Said, Words
    from handlers.ports import Clock
    from handlers.rules import Rules

    _Companion = Callable[[FleetFile, FleetClients], AbstractAsyncContextManager[None]]

_log = structlog.get_logger("irsa.fleet")
_GRACE: Final = 60.0
"""Seconds that clients stay open after their last job: somebody may hold a reader without a lease."""


@dataclass(slots=True)
class _Generation:
    """One content of the file, and the clients that were made for it."""

    file: FleetFile
    io: FleetClients
    stack: AsyncExitStack
    leases: int = 0
    free: asyncio.Event = field(default_factory=asyncio.Event)


class LiveFleet:
    """The fleet file as it is now. A file that can't be used changes nothing, and `trouble` says so.

    Args:
        path: Where the file is.
        first: What it held at the start.
        clients: Makes the clients of a file.
        now: The time.
        grace: Seconds that old clients stay open after the last job that uses them.
    """

    def __init__(
        self,
        path: Path,
        first: FleetFile,
        clients: Callable[[FleetFile], FleetClients],
        *,
        now: Clock,
        grace: float = _GRACE,
    ) -> None:
        self._path = path
        self._first = first
        self._clients = clients
        self._now = now
        self._grace = grace
        self._companion: _Companion | None = None
        self._current: _Generation | None = None
        self._retiring: dict[asyncio.Task[None], _Generation] = {}
        self._reading = asyncio.Lock()
        self.trouble: Words | None = None
        """Why the newest content of the file is not in use; None where it is."""
        self.since: datetime = now()
        """When the content in use was read."""

    async def __aenter__(self) -> Self:
        self._current = await self._open(self._first)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in tuple(self._retiring):
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await self._now_in_use.stack.aclose()

    what: Final = "fleet file"
    again: Final = False

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    def loaded_at(self) -> float:
        """When the content in use was read, in seconds since the epoch."""
        return self.since.timestamp()

    @property
    def file(self) -> FleetFile:
        """The content in use."""
        return self._now_in_use.file

    @property
    def sources(self) -> tuple[Path, ...]:
        """The file, and the files that the content in use names."""
        return (self._path, *self.file.named_files)

    @property
    def rules(self) -> Rules:
        """The rules in use, whichever they are when they are asked."""
        return cast("Rules", _Forwarding(self, lambda: self._now_in_use.file))

    @property
    def io(self) -> Clients:
        """The clients in use; a job that must not change horses takes a lease."""
        return cast("Clients", _Forwarding(self, lambda: self._now_in_use.io))

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Clients]:
        """The clients of now, which stay the same and open while the block runs, whatever the file becomes."""
        taken = self._now_in_use
        taken.leases += 1
        try:
            yield taken.io
        finally:
            taken.leases -= 1
            if not taken.leases:
                taken.free.set()

    async def accompany(self, companion: _Companion) -> None:
        """Run an asynchronous context manager beside the clients of each file, from now on."""
        self._companion = companion
        current = self._now_in_use
        await current.stack.enter_async_context(companion(current.file, current.io))

    async def reload(self) -> bool:
        """Read the file again, and use it if it holds up; whether something new is in use.

        What can't be used is logged with every fault and its line, and kept as `trouble`.
        """
        async with self._reading:
            try:
                file = await asyncio.to_thread(load, self._path)
            except FleetFileError as error:
                self.trouble = _in_short(error, self.since)
                _log.error("fleet file not usable", path=str(self._path), faults=str(error))
                return False
            self.trouble = None
            if file == self.file:
                return False
            fresh = await self._open(file)
            old, self._current = self._now_in_use, fresh
            self.since = self._now()
            task = asyncio.create_task(self._retire(old), name="irsa-retire-clients")
            self._retiring[task] = old
            task.add_done_callback(lambda done: self._retiring.pop(done, None))
            _log.info(
                "fleet file in use",
                path=str(self._path),
                accounts=len(file.fleet.accounts),
                clusters=len(file.fleet.clusters),
                still_running=old.leases,
            )
            return True

    def failed(self) -> None:
        """Note that a file which holds up could not be taken in use, through a fault of ours."""
        self.trouble = say(
            "the new fleet file could not be taken in use because of an error on my side, which the log tells; what "
            "it said at {since} still holds",
            since=_said(self.since),
        )

    @property
    def _now_in_use(self) -> _Generation:
        if self._current is None:
            raise RuntimeError("a live fleet is used inside its `async with`")
        return self._current

    async def _open(self, file: FleetFile) -> _Generation:
        async with AsyncExitStack() as stack:
            io = await stack.enter_async_context(self._clients(file))
            if self._companion is not None:
                await stack.enter_async_context(self._companion(file, io))
            return _Generation(file=file, io=io, stack=stack.pop_all())

    async def _retire(self, old: _Generation) -> None:
        try:
            while old.leases:
                old.free.clear()
                await old.free.wait()
            await asyncio.sleep(self._grace)
        finally:
            await old.stack.aclose()


class _Forwarding:
    """Stands for an object that is exchanged meanwhile, whatever that object comes to offer."""

    def __init__(self, live: LiveFleet, target: Callable[[], Any]) -> None:
        self._live = live
        self._target = target

    @property
    def trouble(self) -> str | None:
        """See `LiveFleet.trouble`."""
        return self._live.trouble

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target(), name)


def _in_short(error: FleetFileError, since: datetime) -> Said:
    """For people in Slack, who need not see what the file holds."""
    count = len(error.faults)
    return say(
        "the fleet file as it is now can't be used ({faults}, the first in line {line}; `irsa fleet check` says all of "
        "them), so what it said at {since} still holds",
        faults=say("1 fault") if count == 1 else say("{count} faults", count=count),
        line=error.faults[0].line,
        since=_said(since),
    )


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
