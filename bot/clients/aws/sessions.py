"""AWS calls in threads: each signed by whoever makes it, within limits, and recorded."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from bot.clients.aws.boto_clients import BotoClients, Signer
from bot.clients.aws.errors import ABSENT, FAILURES, code_of, translate
from bot.clients.aws.rehearsal import NOBODY, rehearse
from bot.clients.slots import Slots, Turn
from diagnostics.journal import Call, record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from botocore.credentials import ReadOnlyCredentials

    from bot.clients.aws.boto_clients import Service
    from bot.clients.aws.errors import Attempt
    from bot.clients.aws.options import AwsOptions
    from bot.clients.limits import Limits

T = TypeVar("T")


class AwsSessions:
    """Makes AWS calls in threads, within limits.

    Args:
        options: Where AWS and the bot's own credentials are.
        limits: Timeouts, attempts, calls at once.
    """

    def __init__(self, options: AwsOptions, limits: Limits) -> None:
        self._limits = limits
        self._signer = Signer()
        self._clients = BotoClients(options, limits, self._signer)
        self.client = self._clients.client
        """The shared client of a service in a region; call it inside a function given to `call`."""
        self._slots: dict[str, Slots] = {}
        self._closed = False
        self._pool = ThreadPoolExecutor(limits.threads, thread_name_prefix="aws")

    async def call(
        self,
        attempt: Attempt,
        function: Callable[[], T],
        *,
        credentials: ReadOnlyCredentials | None,
    ) -> T | None:
        """Make one call in a thread and record it; None where AWS says that there is no such thing.

        Args:
            attempt: What is called, where, by whom.
            function: Gets its clients from this object and makes the call.
            credentials: Who signs; None: the bot's own credentials.

        Raises:
            ReadError: The call failed; `__cause__` is botocore's error.
        """
        at, start = datetime.now(UTC), time.perf_counter()
        outcome = "ok"
        try:
            async with asyncio.timeout(self._limits.aws_deadline):
                return await self._in_thread(attempt.account, function, credentials)
        except FAILURES as error:
            outcome = code_of(error)
            if outcome in ABSENT:
                outcome = "absent"
                return None
            raise translate(error, attempt) from error
        finally:
            record(
                Call(
                    service=attempt.service,
                    operation=attempt.operation,
                    resource=attempt.resource,
                    at=at,
                    milliseconds=(time.perf_counter() - start) * 1000,
                    account=attempt.account,
                    region=attempt.region,
                    outcome=outcome,
                )
            )

    async def local(
        self,
        function: Callable[[ReadOnlyCredentials], T],
        *,
        credentials: ReadOnlyCredentials | None,
        attempt: Attempt,
    ) -> T:
        """Run what needs credentials but makes no call, such as signing a URL.

        Raises:
            ReadError: The bot has no credentials of its own.
        """
        try:
            async with asyncio.timeout(self._limits.aws_deadline):
                return await self._in_thread(
                    attempt.account, lambda: function(self._signer.credentials), credentials
                )
        except FAILURES as error:
            raise translate(error, attempt) from error

    async def _in_thread(
        self, account: str, function: Callable[[], T], credentials: ReadOnlyCredentials | None
    ) -> T:
        slots = self._slots.setdefault(account, Slots(self._limits.aws_at_once))
        await slots.take()
        turn = Turn()

        def work() -> T:
            self._signer.turn = turn
            self._signer.credentials = credentials or self._clients.own()
            try:
                return function()
            finally:
                self._signer.credentials = NOBODY

        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        except BaseException:
            slots.give_back(turn)
            raise

        def done(finished: asyncio.Future[T]) -> None:
            # The slot belongs to the thread, which may outlive whoever waits for it.
            slots.give_back(turn)
            if not finished.cancelled():
                finished.exception()

        future.add_done_callback(done)
        return await asyncio.shield(future)

    def warm(
        self, wanted: Sequence[tuple[Service, str]], also: Sequence[Callable[[], object]] = ()
    ) -> None:
        """Begin to build clients, in this order, in a thread; sends nothing. What fails, fails again in its use.

        Args:
            wanted: The clients by service and region.
            also: What else is wanted soon and would block; it may raise OSError.
        """

        def build() -> None:
            self._signer.rehearsing = True
            try:
                self._clients.prepare()
                for service, region in wanted:
                    if self._closed:
                        return
                    rehearse(self.client(service, region), service)
                for prepare in also:
                    prepare()
            except (*FAILURES, OSError):
                return
            finally:
                self._signer.rehearsing = False

        self._pool.submit(build)

    def close(self) -> None:
        """Let go of the threads; calls under way end at botocore's timeouts."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._clients.close()
