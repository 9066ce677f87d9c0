"""What stands between the network and Bolt: signature, age, size and replays.

Source: docs.slack.dev, "Verifying requests from Slack".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from aiohttp import web

from bot.slack.envelope import read_object

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW: Final = 300
"""Seconds that a request's time may differ from ours."""
_REMEMBERED: Final = 2 * _WINDOW
_MOST: Final = 50_000
_TIMESTAMP: Final = re.compile(r"\d{10}")
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


class Refused(Exception):
    """A request is turned away before anything reads it.

    Args:
        status: The answer's HTTP status.
        reason: A short name, for the metrics.
        words: What is wrong, for whoever set this up.
    """

    def __init__(self, status: HTTPStatus, reason: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class Gate:
    """Lets signed, fresh, well-formed requests through, and each of them once."""

    secret: str
    """The signing secret."""
    clock: Callable[[], float]
    """Seconds since the epoch."""
    _seen: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _former: tuple[str, float] | None = None
    """The secret before, and until when it counts."""

    def rotate(self, secret: str) -> None:
        """Take a new signing secret.

        The one before counts until the first request that the new one signed, and for five minutes at most: Slack
        does not say when it begins to sign with a new one.
        """
        self._former = (self.secret, self.clock() + _WINDOW)
        self.secret = secret

    async def read(self, request: web.Request) -> bytes:
        """The body of a request that may go on.

        Raises:
            Refused: For every other.
        """
        if request.content_type not in (_JSON, _FORM):
            raise Refused(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content-type", "expected JSON or a form"
            )
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "more than 1 MiB"
            ) from error
        self._check(request, body)
        if not _readable(body, as_json=request.content_type == _JSON):
            raise Refused(
                HTTPStatus.BAD_REQUEST,
                "malformed",
                "the body is not a JSON object in UTF-8, or a very deep one",
            )
        return body

    def replayed(self, request: web.Request) -> bool:
        """Whether a request of this signature was answered before."""
        return _key(request) in self._seen

    def answered(self, request: web.Request) -> None:
        """Remember a request that was answered well."""
        at = self.clock()
        while self._seen and (
            len(self._seen) >= _MOST or next(iter(self._seen.values())) < at - _REMEMBERED
        ):
            self._seen.popitem(last=False)
        self._seen[_key(request)] = at

    def _check(self, request: web.Request, body: bytes) -> None:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        given = request.headers.get("X-Slack-Signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not timestamp.isascii() or not given:
            raise Refused(HTTPStatus.UNAUTHORIZED, "unsigned", "the request is not signed")
        if abs(self.clock() - int(timestamp)) > _WINDOW:
            raise Refused(
                HTTPStatus.UNAUTHORIZED,
                "expired",
                "the signature is older than five minutes, or this machine's clock is wrong",
            )
        base = b"v0:" + timestamp.encode() + b":" + body
        if _signed(self.secret, base, given):
            self._former = None
        elif not self._formerly(base, given):
            raise Refused(HTTPStatus.UNAUTHORIZED, "signature", "the signature does not match")

    def _formerly(self, base: bytes, given: str) -> bool:
        return (
            self._former is not None
            and self.clock() < self._former[1]
            and _signed(self._former[0], base, given)
        )


def _signed(secret: str, base: bytes, given: str) -> bool:
    wanted = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def _readable(body: bytes, *, as_json: bool) -> bool:
    """Whether Bolt can read it: a form with a payload holds JSON too."""
    try:
        text = body.decode("utf-8")
        payloads = [text] if as_json else parse_qs(text, max_num_fields=200).get("payload", [])
    except ValueError:
        return False
    return all(read_object(payload) is not None for payload in payloads)


def _key(request: web.Request) -> str:
    return request.headers["X-Slack-Request-Timestamp"] + request.headers["X-Slack-Signature"]
