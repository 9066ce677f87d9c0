"""Sweeps that replicas share: PgQueuer hands each shard to one of them, and a dead one's to another.

PgQueuer is taken because it works with asyncpg, which the store has already, wakes workers by LISTEN/NOTIFY, and
gives the job of a process whose heartbeat stops to another; Procrastinate would bring psycopg as a second driver
and leaves stalled jobs to a task of one's own. Its tables are its own: `pgqueuer*`, made and upgraded by itself.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.sweep.in_process import ATTEMPTS
from bot.sweep.kind import Kind
from bot.sweep.shards import Shard, ShardedSweep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import asyncpg  # type: ignore[import-untyped]  # it has no types
    from pgqueuer import Job, Queries
    from sqlalchemy.ext.asyncio import AsyncEngine

_log = structlog.get_logger("irsa.sweep")
ENTRYPOINT: Final = "irsa_sweep_shard"
_BATCH: Final = 2
_LOOK: Final = 1.0
"""Seconds between two looks at whether the sweep has ended."""
_AGAIN: Final = 20
"""Looks after which pending shards are queued again: a queue may have been emptied by hand."""
_PAUSE: Final = 5.0
"""Seconds until the queue is taken up again after the database was lost."""
_OTHER_FLEET: Final = 30
"""Times that a shard of another fleet file is left to others, during a rollout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedQueue:
    """Puts shards on the queue of the database, and does what it is given.

    Attributes:
        pool: To the database.
        sweep: Makes the sweep of an ID, to work on.
        fleet: The fingerprint of this process's fleet file.
        at_once: Shards that this process does at the same time.
        silence: Seconds without a heartbeat after which a shard goes to another process.
    """

    pool: asyncpg.Pool
    sweep: Callable[[str], ShardedSweep]
    fleet: Callable[[], str]
    at_once: int = 8
    silence: float = 30.0
    _sweeps: dict[str, ShardedSweep] = field(default_factory=dict)

    async def carry_out(self, sweep: ShardedSweep) -> None:
        """Queue a sweep's shards, and wait until some process has ended it."""
        looks = 0
        while shards := await sweep.pending():
            if looks % _AGAIN == 0:
                await self._enqueue(sweep.id, shards)
            looks += 1
            await asyncio.sleep(_LOOK)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Do shards while the block runs; at its end, finish those that run."""
        stopping = asyncio.Event()
        task = asyncio.create_task(self._work(stopping), name="irsa-sweep-queue")
        try:
            yield
        finally:
            stopping.set()
            try:
                async with asyncio.timeout(self.silence):
                    await asyncio.gather(task, return_exceptions=True)
            except TimeoutError:
                task.cancel()

    async def _work(self, stopping: asyncio.Event) -> None:
        """Take jobs until the end; after a lost database, again when it is back."""
        from pgqueuer import AsyncpgPoolDriver, PgQueuer  # noqa: PLC0415  an optional extra

        while not stopping.is_set():
            pgq = PgQueuer(AsyncpgPoolDriver(self.pool))
            pgq.entrypoint(ENTRYPOINT, accepts_context=False)(self._do)
            ending = asyncio.create_task(_set_after(stopping, pgq.shutdown))
            try:
                await pgq.run(
                    batch_size=_BATCH,
                    max_concurrent_tasks=max(2 * _BATCH, self.at_once),
                    dequeue_timeout=timedelta(seconds=max(1.0, self.silence / 3)),
                    heartbeat_timeout=timedelta(seconds=self.silence),
                    shutdown_on_listener_failure=True,
                )
            except Exception:  # noqa: BLE001  the process goes on
                _log.exception("the queue of sweeps broke off; it is taken up again")
            finally:
                ending.cancel()
            if not stopping.is_set():
                await asyncio.sleep(_PAUSE)

    @property
    def _queries(self) -> Queries:
        from pgqueuer import Queries  # noqa: PLC0415  an optional extra

        return Queries.from_asyncpg_pool(self.pool)

    async def _enqueue(self, sweep_id: str, shards: tuple[Shard, ...]) -> None:
        bodies: list[bytes | None] = [
            json.dumps(
                {"sweep": sweep_id, "fleet": self.fleet(), "kind": one.kind, "name": one.name}
            ).encode()
            for one in shards
        ]
        keys: list[str | None] = [f"{sweep_id}:{one.kind}:{one.name}" for one in shards]
        await self._queries.enqueue(
            [ENTRYPOINT] * len(shards),
            bodies,
            [0] * len(shards),
            dedupe_key=keys,
            on_conflict="skip",
        )

    async def _do(self, job: Job) -> None:
        from pgqueuer import RetryRequested  # noqa: PLC0415  an optional extra

        body: Any = json.loads(job.payload or b"{}")
        shard = Shard(kind=Kind(body["kind"]), name=body["name"])
        if body["fleet"] != self.fleet():
            if job.attempts < _OTHER_FLEET:
                raise RetryRequested(timedelta(seconds=10), "another fleet file")
            return
        sweep = self._sweep(body["sweep"])
        try:
            last = await sweep.do(shard)
        except Exception as error:
            _log.exception("shard failed", sweep=sweep.id, kind=shard.kind, name=shard.name)
            if job.attempts + 1 < ATTEMPTS or not shard.optional:
                raise RetryRequested(timedelta(seconds=5), str(error)[:200]) from error
            await sweep.failed(shard, f"{type(error).__name__}: {error}")
            last = True
        if last and (following := await sweep.pending()):
            await self._enqueue(sweep.id, following)

    def _sweep(self, sweep_id: str) -> ShardedSweep:
        found = self._sweeps.get(sweep_id)
        if found is None:
            self._sweeps.clear()  # one at a time
            found = self._sweeps[sweep_id] = self.sweep(sweep_id)
        return found


async def _set_after(first: asyncio.Event, then: asyncio.Event) -> None:
    await first.wait()
    then.set()


@asynccontextmanager
async def open_pool(engine: AsyncEngine) -> AsyncIterator[asyncpg.Pool]:
    """Open a pool to the store's database for the queue, with its tables made or brought up to date.

    Raises:
        asyncpg.PostgresError: The database refuses.
    """
    import asyncpg  # noqa: PLC0415  an optional extra
    from pgqueuer import Queries  # noqa: PLC0415  an optional extra

    _, arguments = engine.dialect.create_connect_args(engine.url)
    known = {k: v for k, v in arguments.items() if not k.startswith("prepared_statement")}
    one = await asyncpg.connect(**known)
    try:
        queries = Queries.from_asyncpg_connection(one)
        async with queries.schema_lock():
            if not await queries.schema_is_installed():
                await queries.install()
        await queries.apply_upgrade()
    finally:
        await one.close()
    async with asyncpg.create_pool(min_size=1, max_size=5, **known) as pool:
        yield pool
