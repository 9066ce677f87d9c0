"""Socket Mode: the app connects to us, and each payload goes to one of its connections.

Source: docs.slack.dev, "Using Socket Mode".
"""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import WSMsgType, web

from sandbox.slack.delivery import Answer, Outgoing, Undelivered

if TYPE_CHECKING:
    from sandbox.slack.identifiers import Identifiers
    from sandbox.slack.people import Json, SlackApp
    from sandbox.slack.timing import Clock, Timing

MOST_CONNECTIONS: Final = 10
_TICKET_LASTS: Final = 30.0
_LARGEST: Final = 1 << 20


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of the app and what it has not acknowledged yet."""

    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Json | str | None]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class SocketMode:
    """The connections of one app.

    Attributes:
        connections: Those that are open.
        accepted: How many were taken so far.
    """

    app: SlackApp
    timing: Timing
    clock: Clock
    ids: Identifiers
    chooser: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  the same choice in each run
    connections: list[Connection] = field(default_factory=list)
    accepted: int = 0
    _tickets: dict[str, float] = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def ticket(self) -> str:
        """A new ticket for one connection within half a minute."""
        ticket = self.ids.uuid()
        self._tickets[ticket] = self.clock.now() + _TICKET_LASTS
        return ticket

    async def connected(self, number: int = 1, *, timeout: float = 10.0) -> None:  # noqa: ASYNC109  for tests to say
        """Wait until that many connections are open."""
        async with asyncio.timeout(timeout):
            while len(self.connections) < number:
                self._arrived.clear()
                await self._arrived.wait()

    async def reconnected(self, accepted: int, *, timeout: float = 20.0) -> None:  # noqa: ASYNC109  for tests to say
        """Wait until more than `accepted` connections were taken since the start."""
        async with asyncio.timeout(timeout):
            while self.accepted <= accepted:
                self._arrived.clear()
                await self._arrived.wait()

    async def send(self, outgoing: Outgoing) -> Answer:
        """Send an envelope on one connection, any one, and wait for its acknowledgement.

        Raises:
            Undelivered: If there is no connection, none acknowledges, or it breaks meanwhile.
        """
        try:
            async with asyncio.timeout(self.timing.answer):
                await self.connected(timeout=self.timing.answer)
                chosen = self.chooser.choice(self.connections)
                return await self._over(chosen, outgoing)
        except TimeoutError as error:
            raise Undelivered("timeout" if self.connections else "no_connection") from error

    async def _over(self, chosen: Connection, outgoing: Outgoing) -> Answer:
        envelope_id = self.ids.uuid()
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": outgoing.payload,
            "type": outgoing.kind,
            "accepts_response_payload": outgoing.kind != "events_api",
        }
        if outgoing.kind == "events_api":
            envelope["retry_attempt"] = outgoing.attempt
            envelope["retry_reason"] = outgoing.retry_reason
        waiter: asyncio.Future[Json | str | None] = asyncio.get_running_loop().create_future()
        chosen.waiting[envelope_id] = waiter
        try:
            await chosen.socket.send_str(json.dumps(envelope))
            return Answer(body=await waiter)
        except ConnectionError as error:
            raise Undelivered(
                "connection_failed", lost=outgoing.kind == "events_api" and chosen.socket.closed
            ) from error
        finally:
            chosen.waiting.pop(envelope_id, None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be made anew, then close it, as Slack does every few hours."""
        for connection in tuple(self.connections):
            await self._disconnect(connection.socket, reason)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take a connection and hold it until either side closes."""
        lasts = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if lasts < self.clock.now():
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=401)
        socket = web.WebSocketResponse(max_msg_size=_LARGEST)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await self._disconnect(socket, "too_many_websockets")
            return socket
        connection = Connection(socket)
        self.connections.append(connection)
        self.accepted += 1
        try:
            await socket.send_str(json.dumps(self._hello()))
            self._arrived.set()
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
            for waiter in connection.waiting.values():
                if not waiter.done():
                    waiter.set_exception(ConnectionResetError("closed before acknowledging"))
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            try:
                said = json.loads(frame.data)
            except ValueError:
                continue
            envelope_id = said.get("envelope_id") if isinstance(said, dict) else None
            waiter = connection.waiting.get(envelope_id) if isinstance(envelope_id, str) else None
            if waiter is not None and not waiter.done():
                waiter.set_result(said.get("payload") or None)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self.app.id},
        }

    async def _disconnect(self, socket: web.WebSocketResponse, reason: str) -> None:
        with suppress(ConnectionError):
            await socket.send_str(
                json.dumps(
                    {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
                )
            )
            await socket.close()
