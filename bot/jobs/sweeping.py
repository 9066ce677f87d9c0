"""`/irsa sweep`, and the sweep of the schedule: get it done, show how far it is, say what it came to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from bot.sweep.csv_table import csv_of
from bot.sweep.html import html_of
from bot.sweep.message import news_message, progress_message, result_message
from bot.sweep.narrowed import narrowed
from bot.sweep.watching import progress_of
from diagnostics.languages import speak
from handlers.blockkit import build
from handlers.paste.reading.untrusted import text_at
from handlers.render.card import Message
from handlers.slack_trouble import SLACK_TROUBLE, error_name
from handlers.whisper import whisper

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from bot.store.sweeps import SweepRecords
    from bot.sweep.crew import Sweeping
    from bot.sweep.document import SweepDocument
    from bot.sweep.shards import ShardedSweep

_log = structlog.get_logger("irsa.sweep")
BETWEEN: Final = 2.0
"""Seconds between two edits of the message that says how far it is."""


async def sweep_fleet(bench: Bench, job: Job) -> None:
    """Sweep, or take part in the sweep that runs, and answer where it was asked for."""
    channel = text_at(job.payload, "channel")
    slot = job.payload.get("slot")
    scheduled = isinstance(slot, int | float)
    if await bench.shared.is_shared(channel):
        _log.warning("no sweep in a shared channel", channel=channel)
        return
    if text_at(job.payload, "show") == "last":
        await _show_last(bench, job)
        return
    post = _Post(bench, job, channel, silent=scheduled)
    while True:
        here = await bench.sweeps.get()
        row = await here.records.begin(
            here.fleet,
            sweep_id=f"job{job.id}-{here.fleet}"[:32],
            slot=float(slot) if isinstance(slot, int | float) else None,
        )
        if row is None:
            return
        sweep = here.sweep(row.id)
        await post.resume(here, row.id)
        if await _carried_out(here, sweep, bench, post):
            break
        # Another fleet file is in use: what was read by the old one is no answer.
        await here.records.give_up(row.id)
    document = await sweep.document()
    if document is None:
        await post.say(_failed())
        return
    await post.finish(document, quiet=job.payload.get("quiet") is not False)


async def _carried_out(here: Sweeping, sweep: ShardedSweep, bench: Bench, post: _Post) -> bool:
    """Do it, and show how far it is; False where the fleet file changed meanwhile."""
    work = asyncio.create_task(here.crew.carry_out(sweep), name="irsa-sweep")
    changed = asyncio.create_task(bench.sweeps.replaced(here), name="irsa-sweep-changed")
    try:
        while not work.done() and not changed.done():
            await post.say(progress_message(await progress_of(sweep)))
            await asyncio.wait((work, changed), timeout=BETWEEN, return_when="FIRST_COMPLETED")
        if work.done():
            await work
            return True
        return False
    finally:
        for task in (work, changed):
            task.cancel()
        await asyncio.gather(work, changed, return_exceptions=True)


async def _show_last(bench: Bench, job: Job) -> None:
    here = await bench.sweeps.get()
    row = await here.records.last()
    document = await here.sweep(row.id).document() if row is not None else None
    post = _Post(bench, job, text_at(job.payload, "channel"), silent=False)
    if document is None:
        words = speak("The fleet was not swept yet. `/irsa sweep` does it.")
        await post.say(Message(text=words, blocks=[build.section(words)]))
        return
    await post.finish(document, quiet=False)


class _Post:
    """The one message of a sweep in one channel: edited while it runs, with the report in its thread."""

    def __init__(self, bench: Bench, job: Job, channel: str, *, silent: bool) -> None:
        self._bench = bench
        self._job = job
        self._channel = channel
        self._silent = silent
        self._ts: str | None = None
        self._shown = ""
        self._private = False
        """Slack does not take the message in the channel: who asked is told of the beginning and the end alone."""
        self._kept: tuple[SweepRecords, str] | None = None

    async def resume(self, here: Sweeping, sweep_id: str) -> None:
        """Go on with the message that an earlier attempt posted."""
        self._kept = (here.records, sweep_id)
        self._ts = self._ts or await here.records.part(sweep_id, "reply", str(self._job.id))

    async def say(self, message: Message) -> None:
        """Make the message look like this; a scheduled sweep keeps quiet while it runs."""
        if not self._silent and not self._private and message.text != self._shown:
            await self._show(message)

    async def finish(self, document: SweepDocument, *, quiet: bool) -> None:
        """Say what the sweep came to, and attach the report."""
        bench, user = self._bench, text_at(self._job.payload, "user") or None
        reach = await bench.access.reach(user, self._channel)
        seen = narrowed(document, reach, bench.rules.fleet)
        if self._silent:
            message = news_message(seen, quiet=quiet)
            if message is not None and await self._show(message):
                await self._attach(seen)
            return
        if not await self._show(result_message(seen)):
            return
        attached = await self._attach(seen) if seen.findings else None
        if attached is not None:
            await self._show(result_message(seen, attached=attached))

    async def _show(self, message: Message) -> bool:
        client, channel = self._bench.client, self._channel
        try:
            if self._ts is None:
                await self._bench.replies.pacing.turn(self._channel)
                answer = await client.chat_postMessage(
                    channel=channel, text=message.text, blocks=message.blocks, unfurl_links=False
                )
                self._ts = str(answer["ts"])
                if self._kept is not None:
                    records, sweep_id = self._kept
                    await records.keep(sweep_id, "reply", str(self._job.id), self._ts)
            else:
                await client.chat_update(
                    channel=channel, ts=self._ts, text=message.text, blocks=message.blocks
                )
        except SLACK_TROUBLE as error:
            return await self._elsewhere(message, error_name(error))
        self._shown = message.text
        return True

    async def _elsewhere(self, message: Message, why: str) -> bool:
        """Where Slack does not take the message in the channel, whoever asked reads the outcome alone."""
        _log.warning("sweep not shown", error=why)
        user = text_at(self._job.payload, "user")
        if self._ts is None and user:
            self._private = True
            await whisper(
                self._bench.client,
                user=user,
                channel=self._channel,
                thread_ts=None,
                words=message.text,
                blocks=message.blocks,
                response_url=text_at(self._job.payload, "response_url") or None,
            )
        return False

    async def _attach(self, document: SweepDocument) -> bool:
        day = f"{document.finished:%Y-%m-%d-%H%M}"
        try:
            await self._bench.client.files_upload_v2(
                channel=self._channel,
                thread_ts=self._ts,
                file_uploads=[
                    {
                        "content": html_of(document),
                        "filename": f"irsa-sweep-{day}.html",
                        "title": speak("IRSA sweep, the page"),
                    },
                    {
                        "content": csv_of(document),
                        "filename": f"irsa-sweep-{day}.csv",
                        "title": speak("IRSA sweep, the table"),
                    },
                ],
            )
        except SLACK_TROUBLE as error:
            _log.info("sweep not attached", error=error_name(error))
            return False
        return True


def _failed() -> Message:
    words = speak("The sweep did not end in a report; run `/irsa sweep` again.")
    return Message(text=words, blocks=[build.section(words)])
