"""Many people who paste at once: what they paste where, and what became of it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from handlers.paste.intake import failures
from sandbox.scenarios.load import scenarios
from sandbox.slack.faults import RateLimits
from sandbox.slack.people import Channel
from sandbox.world.blueprint import paste_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.scenarios.model import Scenario
    from sandbox.slack.messages import Message
    from sandbox.stage import Stage

_PEOPLE: Final = ("U0MINJI001", "U0OMAR0001", "U0YUKI0001")
_LOOK: Final = 0.25


@dataclass(slots=True)
class Counted(RateLimits):
    """Slack's limits, and how often they were met."""

    met: Counter[str] = field(default_factory=Counter)

    def wait(self, method: str, tier: str, channel: str | None, now: float) -> int | None:
        seconds = RateLimits.wait(self, method, tier, channel, now)
        if seconds is not None:
            self.met[method] += 1
        return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure in one thread: an incident, however often it is pasted."""

    channel: str
    thread: str
    subject: str
    code: str


@dataclass(slots=True)
class Crowd:
    """Pastes into the threads of one stage, and looks at the replies.

    Attributes:
        threads: How many.
        each: Threads in one channel: Slack takes one post a second and channel.
        first: When each failure was first pasted, by the monotonic clock.
        answered: Seconds from there until its right reply stood.
        pasted: How many messages were sent.
        last: When the last of them was, by the monotonic clock.
    """

    stage: Stage
    threads: int
    each: int = 10
    first: dict[Failure, float] = field(default_factory=dict)
    answered: dict[Failure, float] = field(default_factory=dict)
    pasted: int = 0
    last: float = 0.0
    limits: Counted = field(default_factory=lambda: Counted(enabled=True))
    _threads: list[tuple[str, str]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def gather(self) -> None:
        """Make the channels and open the threads, with words that concern nobody."""
        workspace = self.stage.workspace
        workspace.limits = self.limits
        for number in range(-(-self.threads // self.each)):
            channel = f"C0LOAD{number:04}"
            workspace.channels[channel] = Channel(
                id=channel,
                name=f"load-{number}",
                members=[*_PEOPLE, workspace.app.user_id],
            )
        for number in range(self.threads):
            channel = f"C0LOAD{number // self.each:04}"
            self._threads.append((channel, self.stage.driver.post_as(_PEOPLE[0], channel, "hello")))

    async def paste(self, count: int, seconds: float) -> None:
        """Send so many pastes evenly over the time: in each thread two failures by turns."""
        start = time.monotonic()
        shown = worlds_failures()
        for number in range(count):
            turn, at = divmod(number, self.threads)
            channel, thread = self._threads[at]
            one = shown[(2 * at + turn % 2) % len(shown)]
            where = one.where
            await asyncio.sleep(max(0.0, start + number * seconds / count - time.monotonic()))
            failure = Failure(
                channel=channel,
                thread=thread,
                subject=f"{where.namespace}/{where.service_account} on {where.cluster}:",
                code=one.expect.code or "",
            )
            self.first.setdefault(failure, time.monotonic())
            person = _PEOPLE[number % len(_PEOPLE)]
            self.stage.driver.post_as(person, channel, paste_of(one), thread_ts=thread)
            self.pasted += 1
            self.last = time.monotonic()

    async def watch(self, *, patience: float) -> None:
        """Look until every failure has its reply, or nothing has changed for so long."""
        news = time.monotonic()
        while len(self.answered) < len(self.first) or not self.first:
            before = len(self.answered)
            for message in self.replies():
                for failure in self.first.keys() - self.answered.keys():
                    if is_answer(message, failure):
                        self.answered[failure] = time.monotonic() - self.first[failure]
            if len(self.answered) > before:
                news = time.monotonic()
            if time.monotonic() - max(news, self.last) > patience:
                return
            await asyncio.sleep(_LOOK)

    def replies(self) -> Iterator[Message]:
        """What the bot said in the threads."""
        for channel in {channel for channel, _ in self._threads}:
            for message in tuple(self.stage.workspace.messages[channel].values()):
                if message.bot_id is not None and message.is_reply:
                    yield message

    def faults(self) -> list[str]:
        """What is not as promised: a failure without its one reply, or a reply too many."""
        said = Counter(
            failure
            for message in self.replies()
            for failure in self.first
            if is_answer(message, failure)
        )
        wrong = [
            f"{failure.code} in {failure.channel}: {said[failure]} right replies beside "
            f"{[m.text[:120] for m in self.replies() if m.thread_ts == failure.thread]}"
            for failure in self.first
            if said[failure] != 1
        ]
        more = sum(1 for _ in self.replies()) - len(self.first)
        return [*wrong, *([f"{more} replies more than incidents"] if more > 0 else [])]


def is_answer(message: Message, failure: Failure) -> bool:
    """Whether a message is the right reply to a failure."""
    place = (message.channel, message.thread_ts)
    return (
        place == (failure.channel, failure.thread)
        and message.text.startswith(failure.subject)
        and failure.code in f"{message.blocks}"
    )


def worlds_failures() -> list[Scenario]:
    """Failures whose paste names its cluster and is answered unasked, each with another text and cause."""
    found: dict[str, Scenario] = {}
    texts: set[str] = set()
    for one in scenarios():
        words = paste_of(one)
        symptoms = failures(words, asked=False)
        wanted = one.expect.code is not None and one.where.cluster in words and len(symptoms) == 1
        if wanted and one.expect.code not in found and symptoms[0].fingerprint not in texts:
            texts.add(symptoms[0].fingerprint)
            found[one.expect.code or ""] = one
    return list(found.values())
