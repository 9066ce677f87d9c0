"""One boto3 session, one client per service and region, and credentials per call.

Clients are shared by all accounts: building one costs more than a call, and a fleet has hundreds of accounts.
Whose credentials sign a request is said per call, in the thread that makes it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeVar, overload

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.handlers import json_decode_policies

from bot.clients.aws.errors import ABSENT, FAILURES, THROTTLED, code_of, translate
from bot.clients.aws.regions import global_region
from bot.clients.aws.rehearsal import NOBODY, answer, rehearse
from bot.clients.aws.timestamps import timestamp
from bot.clients.aws.wire import Wire
from bot.clients.slots import Slots, Turn
from diagnostics.arn import partition_of
from diagnostics.journal import Call, record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.credentials import ReadOnlyCredentials
    from types_boto3_cloudtrail import CloudTrailClient
    from types_boto3_eks import EKSClient
    from types_boto3_iam import IAMClient
    from types_boto3_organizations import OrganizationsClient
    from types_boto3_sts import STSClient

    from bot.clients.aws.errors import Attempt
    from bot.clients.aws.options import AwsOptions
    from bot.clients.limits import Limits

T = TypeVar("T")
Service = Literal["iam", "eks", "sts", "cloudtrail", "organizations"]
_GLOBAL: Final = ("iam", "organizations")
"""They have one endpoint in a partition, whatever the region: one client, and its connections, are enough."""
_UNUSABLE = "NEVER-USED-TO-SIGN"


class _Signer(threading.local):
    """What the call in a thread is signed by, and whether it is one."""

    credentials: ReadOnlyCredentials = NOBODY
    rehearsing: bool = False
    turn: Turn


class _Base(NamedTuple):
    """What all clients are made of."""

    session: boto3.session.Session
    wire: Wire


class AwsSessions:
    """Makes AWS calls in threads, within limits.

    Args:
        options: Where AWS and the bot's own credentials are.
        limits: Timeouts, attempts, calls at once.
    """

    def __init__(self, options: AwsOptions, limits: Limits) -> None:
        self._options = options
        self._limits = limits
        self._lock = threading.Lock()
        self._signer = _Signer()
        self._made: _Base | None = None
        self._clients: dict[tuple[str, str], Any] = {}
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
            self._signer.credentials = credentials or self._own()
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

    def _base(self) -> _Base:
        with self._lock:
            if self._made is None:
                core = botocore.session.Session(profile=self._options.profile)
                # Regional endpoints, as the SDKs do by now; the global one is in us-east-1 alone.
                core.set_config_variable("sts_regional_endpoints", "regional")
                core.get_component("response_parser_factory").set_parser_defaults(
                    timestamp_parser=timestamp
                )
                self._made = _Base(
                    boto3.session.Session(botocore_session=core, region_name=self._options.region),
                    Wire(
                        self._options.ca_bundle or core.get_config_variable("ca_bundle"),
                        (self._limits.aws_connect, self._limits.aws_read),
                        self._limits.threads,
                    ),
                )
            return self._made

    def _own(self) -> ReadOnlyCredentials:
        if self._options.credentials is not None:
            return self._options.credentials
        session = self._base().session
        with self._lock:
            found = session.get_credentials()
        if found is None:
            raise NoCredentialsError
        frozen: ReadOnlyCredentials = found.get_frozen_credentials()
        return frozen

    @overload
    def client(self, service: Literal["iam"], region: str) -> IAMClient: ...
    @overload
    def client(self, service: Literal["eks"], region: str) -> EKSClient: ...
    @overload
    def client(self, service: Literal["sts"], region: str) -> STSClient: ...
    @overload
    def client(self, service: Literal["cloudtrail"], region: str) -> CloudTrailClient: ...
    @overload
    def client(self, service: Literal["organizations"], region: str) -> OrganizationsClient: ...
    def client(
        self,
        service: Service,
        region: str,
    ) -> Any:
        """Return the shared client of a service; call it inside a function given to `call`."""
        if service in _GLOBAL:
            region = global_region(partition_of(region))
        client = self._clients.get((service, region))
        if client is None:
            base = self._base()
            # The making of clients is not safe among threads; whoever wants one that is there does not wait.
            with self._lock:
                client = self._clients.get((service, region))
                if client is None:
                    client = self._build(base, service, region)
                    self._clients[service, region] = client
        return client

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
                self._base().wire.prepare()
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

    def _build(self, base: _Base, service: Any, region: str) -> Any:
        client: Any = base.session.client(
            service,
            region_name=region,
            endpoint_url=self._options.endpoint_of(service),
            verify=self._options.ca_bundle,
            # Each request is signed by what `call` says; these would only fail.
            aws_access_key_id=_UNUSABLE,
            aws_secret_access_key=_UNUSABLE,
            config=Config(
                connect_timeout=self._limits.aws_connect,
                read_timeout=self._limits.aws_read,
                retries={"total_max_attempts": self._limits.aws_attempts, "mode": "standard"},
                max_pool_connections=self._limits.threads,
                # Whole, because botocore makes up its own anew at each request.
                user_agent=f"irsa-doctor Boto3/{boto3.__version__} Botocore/{botocore.__version__}",
            ),
        )
        client.meta.events.register_first("before-sign.*.*", self._sign_with)
        client.meta.events.register("needs-retry.*.*", self._notice_throttling)
        client.meta.events.register("before-send.*.*", partial(self._send, base.wire))
        # The trust policy is wanted as written: duplicate keys and white space are findings.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
        return client

    def _send(self, wire: Wire, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        return answer(request) if self._signer.rehearsing else wire.send(request)

    def _notice_throttling(self, response: Any = None, **_: object) -> None:
        """Look at each answer, those among them that botocore will ask for again."""
        if response is None:
            return
        _, parsed = response
        if parsed.get("Error", {}).get("Code") in THROTTLED:
            self._signer.turn.throttled = True

    def _sign_with(self, request: Any, **_: object) -> None:
        signing = request.context.setdefault("signing", {})
        own = self._signer.credentials
        signing["request_credentials"] = Credentials(
            own.access_key or "", own.secret_key or "", own.token
        )

    def close(self) -> None:
        """Let go of the threads; calls under way end at botocore's timeouts."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for client in tuple(self._clients.values()):
            client.close()
        if self._made is not None:
            self._made.wire.close()
