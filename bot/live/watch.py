"""Notices that files changed which the process goes by: by looking every few seconds, and on SIGHUP."""

from __future__ import annotations

import asyncio
import hashlib
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.background import beside
from bot.fleet_file.load import MOST_BYTES
from bot.given_file import read_given

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

_log = structlog.get_logger("irsa.fleet")


class Reloadable(Protocol):
    """What is read from files, and read again when they change."""

    @property
    def what(self) -> str:
        """What it is called in the log."""

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files."""

    @property
    def trouble(self) -> str | None:
        """Why their newest content is not in use, as a clause; None where it is."""

    @property
    def again(self) -> bool:
        """Whether to try the same content again at the next look."""

    async def reload(self) -> bool:
        """Read the files, and use what they hold if it holds up; whether something new is in use."""

    def failed(self) -> None:
        """Note that it could not be taken in use through a fault of ours."""


@asynccontextmanager
async def watching(*all_of_it: Reloadable, every: float) -> AsyncIterator[None]:
    """Reload what comes from files when one of them changes, while the block runs.

    What is looked at is the content, not the time of change: a ConfigMap volume swaps a symbolic link, and editors
    put a new file in the old one's place.

    Args:
        all_of_it: What is reloaded.
        every: Seconds between two looks; 0: only on SIGHUP.
    """
    asked = [(live, asyncio.Event()) for live in all_of_it]

    def ask() -> None:
        for _, event in asked:
            event.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, ask)
    try:
        async with AsyncExitStack() as stack:
            for live, event in asked:
                watch = _watch(live, event, every)
                await stack.enter_async_context(beside(watch, name=f"irsa-{live.what}"))
            yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


async def _watch(live: Reloadable, asked: asyncio.Event, every: float) -> None:
    # Nothing is seen yet: what changed since the start read the file is found at the first look.
    seen: dict[Path, str] = {}
    while True:
        forced = await _wait(asked, every)
        now = await asyncio.to_thread(_prints, live.sources)
        if now == seen and not forced and not live.again:
            continue
        try:
            changed = await live.reload()
        except Exception:  # noqa: BLE001  the process goes on with what it has
            _log.exception(f"{live.what} not taken in use")
            live.failed()
        else:
            if forced and not changed and live.trouble is None:
                _log.info(f"{live.what} unchanged", path=str(live.sources[0]))
        # What was there before the reading counts, so that a change during it is seen next time.
        seen = {**await asyncio.to_thread(_prints, live.sources), **now}
        seen = {path: seen[path] for path in live.sources}


async def _wait(asked: asyncio.Event, every: float) -> bool:
    """Until the next look; whether somebody asked for it."""
    try:
        async with asyncio.timeout(every or None):
            await asked.wait()
    except TimeoutError:
        return False
    asked.clear()
    return True


def _prints(paths: Iterable[Path]) -> dict[Path, str]:
    return {path: _print(path) for path in paths}


def _print(path: Path) -> str:
    try:
        # A pipe gave its content to the start; whether more comes is not waited for.
        return hashlib.sha256(read_given(path, most=MOST_BYTES, patience=1.0)).hexdigest()
    except OSError as error:
        return f"errno {error.errno}"
