"""Notices that the fleet file changed: by looking every few seconds, and on SIGHUP."""

from __future__ import annotations

import asyncio
import hashlib
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from bot.background import beside
from bot.fleet_file.load import MOST_BYTES
from bot.given_file import read_given

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

    from bot.live.fleet import LiveFleet

_log = structlog.get_logger("irsa.fleet")


@asynccontextmanager
async def watching(live: LiveFleet, *, every: float) -> AsyncIterator[None]:
    """Reload the file when it or a file that it names changes, while the block runs.

    What is looked at is the content, not the time of change: a ConfigMap volume swaps a symbolic link, and editors
    put a new file in the old one's place.

    Args:
        live: What is reloaded.
        every: Seconds between two looks; 0: only on SIGHUP.
    """
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    try:
        async with beside(_watch(live, asked, every), name="irsa-fleet-file"):
            yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


async def _watch(live: LiveFleet, asked: asyncio.Event, every: float) -> None:
    # Nothing is seen yet: what changed since the start read the file is found at the first look.
    seen: dict[Path, str] = {}
    while True:
        forced = await _wait(asked, every)
        now = await asyncio.to_thread(_prints, live.sources)
        if now == seen and not forced:
            continue
        try:
            changed = await live.reload()
        except Exception:  # noqa: BLE001  the process goes on with what it has
            _log.exception("fleet file not taken in use")
            live.failed()
        else:
            if forced and not changed and live.trouble is None:
                _log.info("fleet file unchanged", path=str(live.path))
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
