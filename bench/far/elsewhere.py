"""A world in a process of its own, for a stage whose own process has Slack to play."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType


class ElsewhereWorld:
    """What a stage asks of a world, answered by `bench.far.world` in another process.

    Args:
        latency: Seconds on each call.
    """

    def __init__(self, *, latency: float) -> None:
        self._latency = latency
        self._process: asyncio.subprocess.Process | None = None
        self._way: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.far.world", str(self._latency)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._way = json.loads(await self._process.stdout.readline())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    def environ(self) -> dict[str, str]:
        """AWS_* for the bot's process."""
        environ: dict[str, str] = self._way["environ"]
        return environ

    def fleet_yaml(self, path: Path) -> str:
        """Copy the fleet file to a place of the caller's; its text."""
        text = Path(self._way["fleet"]).read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        return text
