"""AssumeRoleWithWebIdentity, for its answer alone: a session that may do nothing, dropped unread.

Source: STS API reference, AssumeRoleWithWebIdentity: the call is not signed; `Policy` can only take away from the
role; `DurationSeconds` is 900 at least.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import aiohttp

from bot.clients.answer_body import first_bytes
from bot.clients.aws.errors import THROTTLED
from bot.fleet_file.loopback import is_loopback
from diagnostics.arn import account_of
from diagnostics.errors import ReadError, Throttled, Unreachable
from diagnostics.journal import Call, record
from diagnostics.languages import say
from diagnostics.proof.answer import Asked, StsAnswer
from diagnostics.recognize import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from bot.clients.aws.sessions import AwsSessions
    from bot.clients.aws.trust_store import TrustStore
    from bot.clients.limits import Limits
    from diagnostics.fleet import FleetCluster

OVERRIDE: Final = "IRSA_PROOF_STS_URL"
"""Names another STS for proofs; only one on this machine, as the sandbox has."""
NOTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
)
"""The session policy: whatever the role may, this session may not."""
SECONDS: Final = 900
_SESSION: Final = "irsa-doctor-proof"
_MOST_BYTES: Final = 64 * 1024
_MOST_WORDS: Final = 400
_CODE: Final = re.compile(r"<Code>([A-Za-z.]{1,100})</Code>")
_MESSAGE: Final = re.compile(r"<Message>([^<]{0,2000})</Message>")
_GAVE: Final = re.compile(r"<AssumeRoleWithWebIdentityResult[\s>]")


def proof_endpoint(environ: Mapping[str, str]) -> str | None:
    """The STS that a proof asks in place of the region's own, where the environment names one on this machine."""
    url = environ.get(OVERRIDE, "").strip()
    return url if url and is_loopback(url) else None


class WebIdentitySts:
    """The STS of a cluster's region.

    Args:
        sessions: Know the endpoint of each region and partition.
        entry: The cluster.
        limits: Timeouts.
        trust: The authorities to trust.
        override: See `proof_endpoint`.
    """

    def __init__(
        self,
        sessions: AwsSessions,
        entry: FleetCluster,
        limits: Limits,
        *,
        trust: TrustStore,
        override: str | None = None,
    ) -> None:
        self._sessions = sessions
        self._entry = entry
        self._limits = limits
        self._override = override
        self._trust = trust

    async def ask(self, token: SecretStr, *, role_arn: str) -> StsAnswer:
        """Ask for a session of a role, and say whether STS gave one.

        Raises:
            Unreachable: There was no answer, or STS failed.
            Throttled: STS is at its rate limit.
            ReadError: The endpoint can't be used.
        """
        url = await asyncio.to_thread(self._regional) if self._override is None else self._override
        host = str(urlsplit(url).hostname or "")
        at, start, outcome = datetime.now(UTC), time.perf_counter(), "cancelled"
        try:
            status, text = await self._post(url, token, role_arn)
            answer = _read(status, text, host=host)
            outcome = "ok" if answer.asked is Asked.GIVEN else answer.words.partition(":")[0]
        except ReadError as error:
            outcome = type(error).__name__
            raise
        finally:
            record(
                Call(
                    service="sts",
                    operation="AssumeRoleWithWebIdentity",
                    resource=role_arn,
                    at=at,
                    milliseconds=(time.perf_counter() - start) * 1000,
                    account=account_of(role_arn),
                    region=self._entry.region,
                    outcome=outcome,
                )
            )
        return answer

    def _regional(self) -> str:
        url = str(self._sessions.client("sts", self._entry.region).meta.endpoint_url)
        if not url.startswith("https://") and not is_loopback(url):
            raise ReadError(
                say("the STS endpoint is no https URL, and the token would be sent in the clear"),
                enable=say("correct AWS_ENDPOINT_URL_STS"),
            )
        return url

    async def _post(self, url: str, token: SecretStr, role_arn: str) -> tuple[int, str]:
        local = is_loopback(url)
        form = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": role_arn,
            "RoleSessionName": _SESSION,
            "DurationSeconds": str(SECONDS),
            "Policy": NOTHING,
            "WebIdentityToken": token.get_secret_value(),
        }
        timeout = aiohttp.ClientTimeout(
            total=self._limits.aws_read, sock_connect=self._limits.aws_connect
        )
        try:
            trust = await asyncio.to_thread(self._trust.context)
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=trust),
                    timeout=timeout,
                    trust_env=not local,
                    headers={"User-Agent": "irsa-doctor", "Accept": "text/xml"},
                ) as session,
                session.post(url, data=form, allow_redirects=False) as response,
            ):
                body = await first_bytes(response.content, _MOST_BYTES)
                return response.status, body.decode("utf-8", errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # Not chained: nothing of the request may get into a traceback.
            why = say(
                "STS in {region} did not answer the proof ({error})",
                region=self._entry.region,
                error=type(error).__name__,
            )
        raise Unreachable(
            why,
            enable=say(
                "open the network path from the bot to STS in {region} (VPC endpoint, NAT or HTTPS_PROXY)",
                region=self._entry.region,
            ),
        )


def _read(status: int, text: str, *, host: str) -> StsAnswer:
    """Read STS's answer; of a success nothing is read but that it is one."""
    if status == HTTPStatus.OK and _GAVE.search(text):
        return StsAnswer(asked=Asked.GIVEN, endpoint=host)
    code, message = _CODE.search(text), _MESSAGE.search(text)
    if code is None:
        raise Unreachable(
            say("{host} answered {status}, but not as STS does", host=host, status=status),
            enable=say("check what answers as STS there"),
        )
    said = " ".join(redact(html.unescape(message[1] if message else "")).split())
    words = f"{code[1]}: {said}" if said else code[1]
    words = words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"
    if code[1] in THROTTLED:
        raise Throttled(words, enable=say("try again in a minute"))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(words, enable=say("try again; STS fails"))
    return StsAnswer(asked=Asked.REFUSED, words=words, endpoint=host)
