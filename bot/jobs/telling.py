"""Short words to one person: help, a warning about a secret, the App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from handlers.blockkit import build, escape
from handlers.home import home_view
from handlers.paste.reading.untrusted import Node, text_at
from handlers.render import help_message
from handlers.slack_trouble import SLACK_TROUBLE, error_name
from handlers.whisper import whisper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from handlers.blockkit import Block

_log = structlog.get_logger("irsa.telling")
_LATEST: Final = 10


async def give_help(bench: Bench, job: Job) -> None:
    """Say how to ask, to the one who asked; what could not be read comes first."""
    said = help_message()
    words = text_at(job.payload, "words")
    blocks = [build.section(escape(words)), *said.blocks] if words else said.blocks
    await tell(bench, job.payload, f"{escape(words)} {said.text}".strip(), blocks=blocks)


async def warn_of_secret(bench: Bench, job: Job) -> None:
    """Tell the author, once and privately, what kind of secret their message holds."""
    kinds = job.payload.get("kinds")
    named = (
        ", ".join(k.replace("_", " ") for k in kinds if isinstance(k, str))
        if isinstance(kinds, list)
        else "secret"
    )
    words = (
        f"Your message holds a secret ({escape(named[:200])}). I neither keep nor repeat it, but everybody here "
        "can read it: delete the message, and revoke or rotate the secret."
    )
    await whisper(
        bench.client,
        user=text_at(job.payload, "user"),
        channel=text_at(job.payload, "channel"),
        thread_ts=text_at(job.payload, "thread_ts") or None,
        words=words,
    )


async def show_home(bench: Bench, job: Job) -> None:
    """Publish somebody's App Home."""
    user = text_at(job.payload, "user")
    recent = await bench.store.incidents.recent(bench.me.team, by=user, limit=_LATEST)
    fleet = bench.rules.fleet
    view = home_view(recent, me=bench.me.user, clusters=len(fleet.clusters))
    try:
        await bench.client.views_publish(user_id=user, view=view)
    except SLACK_TROUBLE as error:
        _log.warning("home not shown", error=error_name(error))


async def tell(
    bench: Bench, payload: Node, words: str, *, blocks: Sequence[Block] | None = None
) -> None:
    """Answer a question that became no incident: privately in a channel, openly in a direct message."""
    channel, user = text_at(payload, "channel"), text_at(payload, "user")
    thread_ts = text_at(payload, "thread_ts") or None
    shown = list(blocks) if blocks is not None else [build.section(escape(words))]
    if not channel.startswith("D"):
        if user:
            await whisper(
                bench.client,
                user=user,
                channel=channel,
                thread_ts=thread_ts if thread_ts != text_at(payload, "ts") else None,
                words=words,
                blocks=shown,
            )
        return
    await bench.replies.pacing.turn(channel)
    try:
        await bench.client.chat_postMessage(
            channel=channel, thread_ts=thread_ts, text=words, blocks=shown, unfurl_links=False
        )
    except SLACK_TROUBLE as error:
        _log.warning("not told", error=error_name(error))
