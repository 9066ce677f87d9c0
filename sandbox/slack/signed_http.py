"""Signed HTTP requests to the app's request URL.

Source: docs.slack.dev, "Verifying requests from Slack", "The Events API", "Failure conditions".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.delivery import Answer, Outgoing, Undelivered

if TYPE_CHECKING:
    from sandbox.slack.people import Json, SlackApp
    from sandbox.slack.timing import Clock, Timing

_REDIRECTS: Final = 2
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The `X-Slack-Signature` of a body: version 0, HMAC-SHA256 with the signing secret."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request as it went out, to be sent again byte by byte."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class SignedHttp:
    """Delivery by HTTP, as for an app that is not in Socket Mode.

    Attributes:
        url: The app's request URL, one for events, commands and interactions.
        requests: What was sent, oldest first; at most 200.
    """

    url: str
    app: SlackApp
    timing: Timing
    clock: Clock
    session: aiohttp.ClientSession
    requests: list[SignedRequest] = field(default_factory=list)

    async def send(self, outgoing: Outgoing) -> Answer:
        """Post it, signed now.

        Raises:
            Undelivered: For anything but a 2xx within the time.
        """
        request = self._signed(outgoing)
        self.requests[:] = [*self.requests[-199:], request]
        status, headers, body = await self.post(request)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise Undelivered("http_error", final=headers.get("X-Slack-No-Retry") == "1")
        return Answer(body=_read(headers.get("Content-Type", ""), body))

    async def post(self, request: SignedRequest) -> tuple[int, dict[str, str], str]:
        """Send a request as it is: status, headers and text of the answer.

        Raises:
            Undelivered: If no answer came.
        """
        patience = aiohttp.ClientTimeout(total=self.timing.answer)
        try:
            async with self.session.post(
                request.url,
                data=request.body,
                headers=request.headers,
                timeout=patience,
                max_redirects=_REDIRECTS,
            ) as response:
                text = await response.text(errors="replace")
                return response.status, dict(response.headers), text
        except TimeoutError as error:
            raise Undelivered("http_timeout") from error
        except aiohttp.TooManyRedirects as error:
            raise Undelivered("too_many_redirects") from error
        except aiohttp.ClientSSLError as error:
            raise Undelivered("ssl_error") from error
        except aiohttp.ClientConnectionError as error:
            raise Undelivered("connection_failed") from error
        except aiohttp.ClientError as error:
            raise Undelivered("unknown_error") from error

    async def verify_url(self) -> bool:
        """Ask for the challenge, as Slack does when the request URL is saved."""
        challenge = f"challenge-{self.clock.ts()}"
        payload: Json = {
            "type": "url_verification",
            "token": self.app.verification_token,
            "challenge": challenge,
        }
        answer = await self.send(Outgoing(kind="events_api", payload=payload))
        said = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        return said == challenge

    def _signed(self, outgoing: Outgoing) -> SignedRequest:
        if outgoing.kind == "events_api":
            body, content_type = json.dumps(outgoing.payload).encode(), _JSON
        elif outgoing.kind == "interactive":
            body = urlencode({"payload": json.dumps(outgoing.payload)}).encode()
            content_type = _FORM
        else:
            body, content_type = urlencode(outgoing.payload).encode(), _FORM
        timestamp = str(int(self.clock.now()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.app.signing_secret, timestamp, body),
        }
        if outgoing.attempt:
            headers["X-Slack-Retry-Num"] = str(outgoing.attempt)
            headers["X-Slack-Retry-Reason"] = outgoing.retry_reason
        return SignedRequest(url=self.url, headers=headers, body=body)


def _read(content_type: str, body: str) -> Json | str | None:
    if not body.strip():
        return None
    if _JSON in content_type:
        try:
            held = json.loads(body)
        except ValueError:
            return body
        return held if isinstance(held, dict) else body
    return body
