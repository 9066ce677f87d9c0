"""LookupEvents over HTTP, with the limits of the real one."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections import defaultdict, deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from aiohttp import web

from sandbox.listening import listening
from sandbox.stacked import Stacked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.cloudtrail.events import Record

TARGET: Final = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
_CREDENTIAL: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[A-Za-z0-9]{1,128})/\d{8}/(?P<region>[a-z0-9-]{1,32})/cloudtrail/aws4_request"
)
_PER_SECOND: Final = 2
_PAGE: Final = 50
_DAYS: Final = 90
_ATTRIBUTES: Final[Mapping[str, Callable[[Record], object]]] = {
    "EventId": lambda r: r.get("eventID"),
    "EventName": lambda r: r.get("eventName"),
    "EventSource": lambda r: r.get("eventSource"),
    "ReadOnly": lambda r: str(r.get("readOnly", "")).lower(),
    "Username": lambda r: _part(r, "userIdentity").get("userName"),
    "AccessKeyId": lambda r: _part(r, "userIdentity").get("accessKeyId"),
}


class _Refusal(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True, kw_only=True)
class CloudTrail(Stacked):
    """Event history of every account and region, as an async context manager that listens on 127.0.0.1.

    Real are: the protocol, one attribute a query, newest first, pages of 50 with a token that belongs to its
    query, 90 days, two calls a second for an account in a region, records that arrive late, and refusals.
    Not checked is the signature.
    """

    account_of: Callable[[str], str]
    """The account that the calls of an access key are in."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    lag: timedelta = timedelta()
    """How long after its time a record can be looked up."""
    denied: set[str] = field(default_factory=set)
    """Accounts in which nobody may look events up."""
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Account and region of every lookup, refused ones included."""
    _records: dict[tuple[str, str], list[Record]] = field(default_factory=lambda: defaultdict(list))
    _tokens: dict[str, tuple[str, int]] = field(default_factory=dict)
    _calls: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def record(self, event: Record) -> None:
        """Put a record into the history of its account (`recipientAccountId`) and region (`awsRegion`)."""
        self._records[str(event["recipientAccountId"]), str(event["awsRegion"])].append(event)

    def forget(self) -> None:
        """Empty every history."""
        self._records.clear()
        self._tokens.clear()

    def app(self) -> web.Application:
        """The service as an application, for who serves it beside something else."""
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_post("/", self._serve)
        return app

    async def __aenter__(self) -> Self:
        self.url = await listening(self._stack, self.app())
        return self

    async def _serve(self, request: web.Request) -> web.Response:
        try:
            answer = self._answer(request.headers, await request.read())
        except _Refusal as refusal:
            body = {"__type": refusal.code, "message": refusal.message}
            return _json(body, status=400)
        return _json(answer, status=200)

    def _answer(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        operation = headers.get("X-Amz-Target", "").removeprefix(TARGET)
        if operation != "LookupEvents":
            raise _Refusal("UnknownOperationException", f"no operation {operation[:80]!r} here")
        signed = _CREDENTIAL.match(headers.get("Authorization", ""))
        if signed is None:
            raise _Refusal("MissingAuthenticationToken", "Missing Authentication Token")
        place = (self.account_of(signed["key"]), signed["region"])
        self.asked.append(place)
        self._throttle(place)
        if place[0] in self.denied:
            words = (
                f"User: arn:aws:sts::{place[0]}:assumed-role/irsa-doctor-read/irsa-doctor-read is not authorized to "
                "perform: cloudtrail:LookupEvents because no identity-based policy allows the "
                "cloudtrail:LookupEvents action"
            )
            raise _Refusal("AccessDeniedException", words)
        try:
            asked = json.loads(body or b"{}")
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise _Refusal("SerializationException", "the body is no JSON object")
        return self._page(place, asked)

    def _throttle(self, place: tuple[str, str]) -> None:
        """Two calls in any second, by the real clock."""
        at, recent = time.monotonic(), self._calls[place]
        while recent and recent[0] <= at - 1.0:
            recent.popleft()
        if len(recent) >= _PER_SECOND:
            raise _Refusal("ThrottlingException", "Rate exceeded")
        recent.append(at)

    def _page(self, place: tuple[str, str], asked: dict[str, Any]) -> dict[str, Any]:
        chosen = self._chosen(place, asked)
        query = json.dumps({k: v for k, v in asked.items() if k != "NextToken"}, sort_keys=True)
        start = 0
        if token := asked.get("NextToken"):
            known = self._tokens.get(str(token))
            if known is None or known[0] != query:
                raise _Refusal("InvalidNextTokenException", "Invalid NextToken")
            start = known[1]
        size = asked.get("MaxResults", _PAGE)
        if not isinstance(size, int) or not 1 <= size <= _PAGE:
            raise _Refusal("InvalidMaxResultsException", "MaxResults must be from 1 to 50")
        answer: dict[str, Any] = {"Events": [_listed(r) for r in chosen[start : start + size]]}
        if start + size < len(chosen):
            answer["NextToken"] = secrets.token_urlsafe(16)
            self._tokens[answer["NextToken"]] = (query, start + size)
        return answer

    def _chosen(self, place: tuple[str, str], asked: dict[str, Any]) -> list[Record]:
        attributes = asked.get("LookupAttributes") or []
        if len(attributes) > 1:
            raise _Refusal("InvalidLookupAttributesException", "You can specify only one attribute")
        now = self.now()
        since, until = _time(asked.get("StartTime")), _time(asked.get("EndTime"))
        if since is not None and until is not None and since > until:
            raise _Refusal("InvalidTimeRangeException", "StartTime is after EndTime")
        since = max(since or now - timedelta(days=_DAYS), now - timedelta(days=_DAYS))
        until = min(until or now, now - self.lag)
        found = [r for r in self._records[place] if since <= _at(r) <= until]
        for attribute in attributes:
            key, value = attribute.get("AttributeKey"), attribute.get("AttributeValue")
            if key not in _ATTRIBUTES:
                words = f"{str(key)[:40]} is not looked up here"
                raise _Refusal("InvalidLookupAttributesException", words)
            found = [r for r in found if _ATTRIBUTES[key](r) == value]
        return sorted(found, key=_at, reverse=True)


def _listed(record: Record) -> dict[str, Any]:
    resources = record.get("resources")
    return {
        "EventId": record.get("eventID"),
        "EventName": record.get("eventName"),
        "EventSource": record.get("eventSource"),
        "EventTime": _at(record).timestamp(),
        "ReadOnly": str(record.get("readOnly", "")).lower(),
        "Username": _part(record, "userIdentity").get("userName"),
        "Resources": [
            {"ResourceType": r.get("type"), "ResourceName": r.get("ARN")}
            for r in (resources if isinstance(resources, list) else ())
        ],
        "CloudTrailEvent": json.dumps(record),
    }


def _part(record: Record, key: str) -> dict[str, object]:
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _at(record: Record) -> datetime:
    return datetime.fromisoformat(str(record["eventTime"]))


def _time(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None


def _json(body: dict[str, Any], *, status: int) -> web.Response:
    headers = {"x-amzn-RequestId": secrets.token_hex(16)}
    return web.Response(
        text=json.dumps(body),
        status=status,
        headers=headers,
        content_type="application/x-amz-json-1.1",
    )
