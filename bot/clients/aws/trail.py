"""CloudTrail's record of AssumeRoleWithWebIdentity: paced, bounded and kept, because lookups are scarce."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.clients.aws.errors import Attempt
from bot.clients.single_flight import Kept, SingleFlight
from diagnostics.web_identity_call import WebIdentityCalls, read_record

if TYPE_CHECKING:
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

_Key = tuple[str, str, datetime, datetime]


class Trails:
    """cloudtrail:LookupEvents for every account and region.

    Args:
        pause: Seconds between two lookups in one account and region.
        pages: How many pages one question reads.
    """

    def __init__(self, *, pause: float, pages: int) -> None:
        self._pause = pause
        self._pages = pages
        self._flights = SingleFlight[WebIdentityCalls](time.time)
        self._kept: deque[_Key] = deque()
        self._turns: dict[tuple[str, str], _Turn] = {}

    async def lookup(
        self, calls: AccountCalls, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
        """Read the newest records of a window, which is widened to whole minutes so that questions share it.

        Raises:
            ReadError: CloudTrail can't be read.
        """
        since = since.astimezone(UTC).replace(second=0, microsecond=0)
        until = (until.astimezone(UTC) + timedelta(minutes=1)).replace(second=0, microsecond=0)
        key = (calls.account.id, region, since, until)

        async def make() -> Kept[WebIdentityCalls]:
            found = await self._read(calls, region, since, until)
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

    async def _read(
        self, calls: AccountCalls, region: str, since: datetime, until: datetime
    ) -> WebIdentityCalls:
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
                    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": EVENT}],
                    StartTime=since,
                    EndTime=until,
                    MaxResults=_PAGE,
                    **more,  # type: ignore[arg-type]
                )

            async with turn:
                answer = await calls.read(attempt, page)
            if answer is None:
                break
            records += [str(event.get("CloudTrailEvent", "")) for event in answer["Events"]]
            token = answer.get("NextToken")
            if not token:
                break
        found = [call for call in map(read_record, records) if call is not None]
        found.sort(key=lambda call: call.at, reverse=True)
        return WebIdentityCalls(items=tuple(found), complete=not token)


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
