"""CloudTrail's event history: paced, bounded and kept, because lookups are scarce."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from bot.clients.aws.errors import Attempt
from bot.clients.single_flight import Kept, SingleFlight
from diagnostics.web_identity_call import WebIdentityCalls, read_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_cloudtrail.type_defs import LookupEventsResponseTypeDef

    from bot.clients.aws.calls import AccountCalls

EVENT: Final = "AssumeRoleWithWebIdentity"
_LATE: Final = timedelta(minutes=15)
"""A window that ended longer ago gets no more records.

Source: CloudTrail User Guide, "How CloudTrail works": about 5 minutes on average, not guaranteed.
"""
_FRESH_SECONDS: Final = 30
_SETTLED_SECONDS: Final = 600
_MOST_KEPT: Final = 256
_PAGE: Final = 50

_Key = tuple[str, str, str, datetime, datetime]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked(Generic[T]):
    """What a lookup found, newest first."""

    items: tuple[T, ...]
    complete: bool
    """False: there were more than were read, older ones."""


class Trails:
    """cloudtrail:LookupEvents for every account and region.

    Args:
        pause: Seconds between two lookups in one account and region.
        pages: How many pages one question reads.
    """

    def __init__(self, *, pause: float, pages: int) -> None:
        self._pause = pause
        self._pages = pages
        self._flights = SingleFlight[Looked[Any]](time.time)
        self._kept: deque[_Key] = deque()
        self._turns: dict[tuple[str, str], _Turn] = {}

    async def lookup(
        self, calls: AccountCalls, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        """Read the newest AssumeRoleWithWebIdentity records of a window.

        Raises:
            ReadError: CloudTrail can't be read.
        """
        found = await self.find(calls, region, since, until, event=EVENT, read=read_record)
        ranked = sorted(found.items, key=lambda call: call.at, reverse=True)
        return WebIdentityCalls(items=tuple(ranked), complete=found.complete)

    async def find(
        self,
        calls: AccountCalls,
        region: str,
        since: datetime,
        until: datetime,
        *,
        event: str,
        read: Callable[[str], T | None],
    ) -> Looked[T]:
        """Read the newest records of one event name in a window, widened to whole minutes so that questions share it.

        Args:
            calls: The account.
            region: Where the event is recorded.
            since: Begin of the window.
            until: Its end.
            event: The API's name, such as `AssumeRoleWithWebIdentity`.
            read: Makes a value of a record's JSON text, or nothing; always the same for one event.

        Raises:
            ReadError: CloudTrail can't be read.
        """
        since = since.astimezone(UTC).replace(second=0, microsecond=0)
        until = (until.astimezone(UTC) + timedelta(minutes=1)).replace(second=0, microsecond=0)
        key = (calls.account.id, region, event, since, until)

        async def make() -> Kept[Looked[T]]:
            records, complete = await self._records(calls, region, since, until, event)
            items = tuple(value for value in map(read, records) if value is not None)
            found = Looked(items=items, complete=complete)
            self._remember(key)
            settled = until + _LATE < datetime.now(UTC)
            seconds = _SETTLED_SECONDS if settled else _FRESH_SECONDS
            return Kept(value=found, until=time.time() + seconds)

        return await self._flights.get(key, make)

    async def close(self) -> None:
        """Stop the lookups under way."""
        await self._flights.close()

    def _remember(self, key: _Key) -> None:
        if key in self._kept:
            return
        self._kept.append(key)
        if len(self._kept) > _MOST_KEPT:
            self._flights.forget(self._kept.popleft())

    async def _records(
        self, calls: AccountCalls, region: str, since: datetime, until: datetime, event: str
    ) -> tuple[list[str], bool]:
        attempt = Attempt(
            service="cloudtrail",
            operation="LookupEvents",
            resource="*",
            account=calls.account.id,
            region=region,
            principal="",
        )
        turn = self._turns.setdefault((calls.account.id, region), _Turn(self._pause))
        records: list[str] = []
        token: str | None = None
        for _ in range(self._pages):

            def page(token: str | None = token) -> LookupEventsResponseTypeDef:
                more = {"NextToken": token} if token else {}
                return calls.sessions.client("cloudtrail", region).lookup_events(
                    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": event}],
                    StartTime=since,
                    EndTime=until,
                    MaxResults=_PAGE,
                    **more,  # type: ignore[arg-type]  # a key or none
                )

            async with turn:
                answer = await calls.read(attempt, page)
            if answer is None:
                break
            records += [str(found.get("CloudTrailEvent", "")) for found in answer["Events"]]
            token = answer.get("NextToken")
            if not token:
                break
        return records, not token


class _Turn:
    """One call after the other, a pause between the end of one and the start of the next."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._lock = asyncio.Lock()
        self._next = 0.0

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        try:
            await asyncio.sleep(max(self._next - asyncio.get_running_loop().time(), 0))
        except BaseException:
            self._lock.release()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._next = asyncio.get_running_loop().time() + self._pause
        self._lock.release()
