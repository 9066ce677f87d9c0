"""Takes jobs off the store's queue and runs them, a bounded number at a time."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from bot.trace import TRACE
from handlers.ports import Task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store import Store
    from bot.store.queue import Job
    from bot.telemetry import Telemetry

_log = structlog.get_logger("irsa.jobs")

_EDITS_SHARE: Final = 4
"""One in so many jobs at once may be the edit of a reply that stands already."""
ATTEMPTS: Final = 3
"""Starts of one job, crashes included, before it is given up."""


@dataclass(slots=True, kw_only=True)
class Runner:
    """Runs jobs until it is stopped; holds a reference to each task.

    Attributes:
        work: Does one job.
        give_up: Tells people that a job failed for good, with the ID under which the log tells why.
        concurrency: Jobs at the same time.
        poll: Seconds between two looks at the queue when nobody calls: another process may have queued or died.
    """

    store: Store
    work: Callable[[Job], Awaitable[None]]
    give_up: Callable[[Job, str], Awaitable[None]]
    telemetry: Telemetry
    concurrency: int = 16
    poll: float = 2.0
    _running: dict[asyncio.Task[None], Job] = field(default_factory=dict)
    _dispatcher: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with what an earlier process left behind."""
        self._dispatcher = asyncio.create_task(self._dispatch(), name="irsa-jobs")

    async def stop(self, *, patience: float) -> None:
        """Take no more, let what runs finish, and put back what does not finish in time.

        Args:
            patience: Seconds.
        """
        if self._dispatcher is not None:
            self._dispatcher.cancel()
            await asyncio.gather(self._dispatcher, return_exceptions=True)
            self._dispatcher = None
        if self._running:
            _log.info("draining", jobs=len(self._running))
            await asyncio.wait(set(self._running), timeout=patience)
        left = tuple(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    @property
    def alive(self) -> bool:
        """Whether jobs are being taken."""
        return self._dispatcher is not None and not self._dispatcher.done()

    @property
    def busy(self) -> bool:
        """Whether anything runs in this process."""
        return bool(self._running)

    async def _dispatch(self) -> None:
        while True:
            self.store.wake.clear()
            try:
                await self._fill()
            except Exception:  # noqa: BLE001  the process goes on
                # The database is away: what is on record stays there until it is back.
                _log.exception("queue unreadable")
            try:
                async with asyncio.timeout(self.poll):
                    await self.store.wake.wait()
            except TimeoutError:
                pass

    async def _fill(self) -> None:
        while len(self._running) < self.concurrency:
            # Edits wait for Slack's rate limit; first answers must not wait behind them.
            edits = sum(job.task is Task.SHOW for job in self._running.values())
            full = edits >= max(1, self.concurrency // _EDITS_SHARE)
            job = await self.store.queue.claim(leave=Task.SHOW if full else None)
            if job is None:
                return
            task = asyncio.create_task(self._run(job), name=f"irsa-job-{job.id}")
            self._running[task] = job
            self.telemetry.running.set(len(self._running))
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self.telemetry.running.set(len(self._running))
        self.store.wake.set()

    async def _run(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(
            job=job.id,
            task=job.task.value,
            incident_id=job.incident_id,
            **{TRACE: job.payload.get(TRACE)},
        )
        renewal = asyncio.create_task(self._renew(job))
        try:
            await self.work(job)
        except asyncio.CancelledError:
            await asyncio.shield(self.store.queue.release(job))
            self._count(job, "interrupted")
            raise
        except Exception as error:  # noqa: BLE001  the process goes on
            await self._failed(job, error)
        else:
            await self.store.queue.finish(job)
            self._count(job, "done")
        finally:
            renewal.cancel()
            await asyncio.gather(renewal, return_exceptions=True)

    async def _failed(self, job: Job, error: Exception) -> None:
        trouble_id = secrets.token_hex(4)
        _log.exception("job failed", trouble_id=trouble_id, attempt=job.attempt)
        self._count(job, "failed")
        try:
            await self.give_up(job, trouble_id)
        except Exception:  # noqa: BLE001  the process goes on
            _log.exception("nobody could be told", trouble_id=trouble_id)
        await self.store.queue.finish(
            job, error=f"{trouble_id} {type(error).__name__}: {error}"[:500]
        )

    async def _renew(self, job: Job) -> None:
        while True:
            await asyncio.sleep(self.store.queue.lease / 3)
            try:
                if not await self.store.queue.renew(job):
                    _log.warning("lease lost")
                    return
            except Exception:  # noqa: BLE001  the process goes on
                _log.exception("lease not renewed")

    def _count(self, job: Job, outcome: str) -> None:
        self.telemetry.jobs.labels(task=job.task.value, outcome=outcome).inc()
