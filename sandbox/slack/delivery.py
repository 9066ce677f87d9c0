"""Sending events, commands and interactions to the app, with Slack's patience and its retries."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.people import Json
    from sandbox.slack.timing import Timing

Kind: TypeAlias = Literal["events_api", "slash_commands", "interactive"]


class NotAcknowledged(Exception):
    """The app gave no answer in time, or a wrong one; what the person who pressed sees."""


class Undelivered(Exception):
    """One try failed.

    Attributes:
        reason: Slack's word for it, as in `x-slack-retry-reason`.
        lost: The connection broke under it: Slack sends it again at once, as if new.
        final: The app asked for no further try.
    """

    def __init__(self, reason: str, *, lost: bool = False, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lost = lost
        self.final = final


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One thing to tell the app."""

    kind: Kind
    payload: Json
    attempt: int = 0
    retry_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the app acknowledged with: a JSON object, a text, or nothing."""

    body: Json | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One try, as it went.

    Attributes:
        what: The event's, command's or interaction's type.
        attempt: 0 for the first try.
        outcome: `acknowledged` or the reason why not.
        seconds: How long the app took.
    """

    kind: Kind
    what: str
    identifier: str
    attempt: int
    outcome: str
    seconds: float

    @property
    def acknowledged(self) -> bool:
        """Whether the app took it."""
        return self.outcome == "acknowledged"


class Transport(Protocol):
    """One way to the app."""

    async def send(self, outgoing: Outgoing) -> Answer:
        """Make one try.

        Raises:
            Undelivered: If the app did not acknowledge in time.
        """
        ...


class _Nobody:
    """The way to an app that is not there."""

    async def send(self, outgoing: Outgoing) -> Answer:
        del outgoing
        raise Undelivered("no_app")


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(slots=True)
class Dispatcher:
    """Delivers, tries again, and remembers how it went.

    Attributes:
        transport: The way to the app; None while no app is installed.
        history: The latest tries, oldest first.
        opened: Set unless the app is being started: events wait for it then, so that what somebody posts
            early is not lost until Slack's next try.
    """

    timing: Timing
    notify: Callable[[Delivery], None]
    transport: Transport | None = None
    opened: asyncio.Event = field(default_factory=_set)
    history: deque[Delivery] = field(default_factory=lambda: deque(maxlen=1000))
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def tell(self, payload: Json) -> None:
        """Deliver an event in the background; Slack's users never wait for it."""
        if self.transport is None and self.opened.is_set():
            return
        task = asyncio.get_running_loop().create_task(self._persist(payload))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def ask(self, kind: Kind, payload: Json) -> Answer:
        """Deliver a command or an interaction, once, and wait for the answer.

        Raises:
            NotAcknowledged: If none comes in time; the message says what happened.
        """
        if not self.opened.is_set():
            raise NotAcknowledged(_sentence("starting", self.timing.answer))
        try:
            return await self._try(Outgoing(kind=kind, payload=payload))
        except Undelivered as failure:
            raise NotAcknowledged(_sentence(failure.reason, self.timing.answer)) from failure

    async def settle(self) -> None:
        """Wait until no event is under way, its retries included."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def close(self) -> None:
        """Give up what is under way."""
        for task in (running := tuple(self._running)):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _persist(self, payload: Json) -> None:
        await self.opened.wait()
        reason = ""
        attempt = 0
        for pause in (0.0, *self.timing.retries):
            if attempt:
                await asyncio.sleep(pause)
            while True:
                outgoing = Outgoing(
                    kind="events_api", payload=payload, attempt=attempt, retry_reason=reason
                )
                try:
                    await self._try(outgoing)
                except Undelivered as failure:
                    if failure.final:
                        return
                    if failure.lost:
                        continue
                    reason = failure.reason
                    break
                return
            attempt += 1

    async def _try(self, outgoing: Outgoing) -> Answer:
        started = time.monotonic()
        outcome = "acknowledged"
        try:
            return await (self.transport or _Nobody()).send(outgoing)
        except Undelivered as failure:
            outcome = failure.reason
            raise
        finally:
            payload = outgoing.payload
            event = payload.get("event") or {}
            delivery = Delivery(
                kind=outgoing.kind,
                what=str(event.get("type") or payload.get("command") or payload.get("type")),
                identifier=str(payload.get("event_id") or payload.get("trigger_id") or ""),
                attempt=outgoing.attempt,
                outcome=outcome,
                seconds=round(time.monotonic() - started, 3),
            )
            self.history.append(delivery)
            self.notify(delivery)


def _sentence(reason: str, patience: float) -> str:
    match reason:
        case "starting":
            return "The app is still starting. Try again in a moment."
        case "no_app":
            return "No app is connected to this workspace. Start it, then try again."
        case "http_timeout" | "timeout":
            return f"The app did not answer within {patience:g} seconds. Try again."
        case "connection_failed" | "no_connection":
            return "The app could not be reached. Is it running?"
        case _:
            return f"The app answered with an error ({reason}). Its log says more."
