"""What comes with one content of the fleet file and goes with it, for jobs that wait until it is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Attached(Generic[T]):
    """The newest of its kind; jobs wait while there is none yet."""

    current: T | None = None
    """None while there is none."""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def get(self) -> T:
        """The newest."""
        async with self.news:
            await self.news.wait_for(lambda: self.current is not None)
            assert self.current is not None
            return self.current

    async def attach(self, one: T) -> None:
        """Use this one from now on."""
        async with self.news:
            self.current = one
            self.news.notify_all()

    async def detach(self, one: T) -> None:
        """Use it no longer, unless another took its place already."""
        async with self.news:
            if self.current is one:
                self.current = None
