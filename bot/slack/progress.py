"""Signs of life while a diagnosis runs: Slack's status line, and after some seconds a message."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from bot.slack.replies import CannotPost
from handlers.render import progress_message
from handlers.slack_trouble import SLACK_TROUBLE

if TYPE_CHECKING:
    from types import TracebackType

    from bot.slack.replies import Replies
    from handlers.incident import Incident

BETWEEN: Final = 2.0
"""Seconds between two signs: edits have a rate limit, and nobody reads faster."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """Shows the newest words while the block runs. What Slack refuses is left out: a sign is no answer."""

    replies: Replies
    incident: Incident
    quiet: bool
    """Say only that something runs, not what: the channel is shared."""
    silent: bool = False
    """Show nothing: the channel wants quiet about a cause, and this may be it."""
    patience: float = 5.0
    """Seconds until a message is posted where the status line works."""
    reply_ts: str | None = None
    """Our message, if one was posted."""
    _words: str = "Looking into it …"
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def say(self, words: str) -> None:
        """Show these words from now on."""
        if not self.quiet and words:
            self._words = f"{words[0].upper()}{words[1:]} …"
            self._news.set()

    async def __aenter__(self) -> Self:
        if not self.silent:
            self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The task ends by itself: a post that is under way must not be cut off and forgotten.
        self._over.set()
        if self._task is not None:
            await self._task

    async def _show(self) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        status = await self._status()
        shown = ""
        while not self._over.is_set():
            if (not status or clock() - began >= self.patience) and shown != self._words:
                shown = self._words
                if not await self._message(shown):
                    return
            elif status and shown != self._words:
                await self._status()
            self._news.clear()
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(BETWEEN):
                await self._over.wait()
        except TimeoutError:
            pass

    async def _status(self) -> bool:
        if self.incident.spot.thread_ts is None:
            return False
        try:
            await self.replies.client.api_call(
                "assistant.threads.setStatus",
                json={
                    "channel_id": self.incident.spot.channel,
                    "thread_ts": self.incident.spot.thread_ts,
                    "status": self._words[:200],
                },
            )
        except SLACK_TROUBLE:
            return False
        return True

    async def _message(self, words: str) -> bool:
        message = progress_message(words)
        try:
            if self.reply_ts is None:
                self.reply_ts = await self.replies.show(self.incident, message)
            else:
                await self.replies.client.chat_update(
                    channel=self.incident.spot.channel,
                    ts=self.reply_ts,
                    text=message.text,
                    blocks=message.blocks,
                )
        except (CannotPost, *SLACK_TROUBLE):
            return False
        return True
