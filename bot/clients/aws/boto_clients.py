"""boto3 clients: one per service and region, for all accounts, since building one costs more than a call.

Whose credentials sign a request is said per call, in the thread that makes it.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, overload

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from botocore.handlers import json_decode_policies

from bot.clients.aws.connections import Connections
from bot.clients.aws.errors import THROTTLED
from bot.clients.aws.regions import global_region
from bot.clients.aws.rehearsal import NOBODY, answer
from bot.clients.aws.timestamps import timestamp
from diagnostics.arn import partition_of

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.credentials import ReadOnlyCredentials
    from types_boto3_cloudtrail import CloudTrailClient
    from types_boto3_eks import EKSClient
    from types_boto3_iam import IAMClient
    from types_boto3_organizations import OrganizationsClient
    from types_boto3_sts import STSClient

    from bot.clients.aws.options import AwsOptions
    from bot.clients.limits import Limits
    from bot.clients.slots import Turn

Service = Literal["iam", "eks", "sts", "cloudtrail", "organizations"]
_GLOBAL: Final = ("iam", "organizations")
"""They have one endpoint in a partition, whatever the region: one client, and its connections, are enough."""
_UNUSABLE = "NEVER-USED-TO-SIGN"


class Signer(threading.local):
    """What the call in a thread is signed by, and whether it is one."""

    credentials: ReadOnlyCredentials = NOBODY
    rehearsing: bool = False
    turn: Turn


class _Base(NamedTuple):
    """What all clients are made of."""

    session: boto3.session.Session
    connections: Connections


class BotoClients:
    """The clients, and the bot's own credentials.

    Args:
        options: Where AWS and the bot's own credentials are.
        limits: Timeouts, attempts, threads.
        signer: Says by whom a request is signed, in the thread that makes it.
    """

    def __init__(self, options: AwsOptions, limits: Limits, signer: Signer) -> None:
        self._options = options
        self._limits = limits
        self._signer = signer
        self._lock = threading.Lock()
        self._made: _Base | None = None
        self._clients: dict[tuple[str, str], Any] = {}

    def own(self) -> ReadOnlyCredentials:
        """The bot's own credentials, as they are now.

        Raises:
            NoCredentialsError: There are none.
        """
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
        """Return the shared client of a service; call it inside a function given to `AwsSessions.call`."""
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

    def prepare(self) -> None:
        """Read the authorities now. What fails, fails again at the first request."""
        self._base().connections.prepare()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        for client in tuple(self._clients.values()):
            client.close()
        if self._made is not None:
            self._made.connections.close()

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
                    Connections(
                        self._options.ca_bundle or core.get_config_variable("ca_bundle"),
                        (self._limits.aws_connect, self._limits.aws_read),
                        self._limits.threads,
                    ),
                )
            return self._made

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
        client.meta.events.register("before-send.*.*", partial(self._send, base.connections))
        # The trust policy is wanted as written: duplicate keys and white space are findings.
        client.meta.events.unregister("after-call.iam", json_decode_policies)
        return client

    def _send(
        self, connections: Connections, request: AWSPreparedRequest, **_: object
    ) -> AWSResponse:
        return answer(request) if self._signer.rehearsing else connections.send(request)

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
