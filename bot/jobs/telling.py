"""Short words: help, hello, a warning about a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from diagnostics.languages import Words, aloud, from_kept, say, speak
from diagnostics.recognize import SecretKind
from handlers.blockkit import build, escape
from handlers.paste.reading.untrusted import Node, text_at
from handlers.render import hello_message, help_message
from handlers.slack_trouble import SLACK_TROUBLE, error_name
from handlers.whisper import whisper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from handlers.blockkit import Block

_log = structlog.get_logger("irsa.telling")
_SECRETS: Final[Mapping[str, Words]] = {
    SecretKind.JWT: say("a JSON web token"),
    SecretKind.ACCESS_KEY: say("an AWS access key ID"),
    SecretKind.SECRET_KEY: say("an AWS secret access key"),
    SecretKind.SESSION_TOKEN: say("an AWS session token"),
    SecretKind.AUTHORIZATION: say("an Authorization header"),
    SecretKind.COOKIE: say("a cookie"),
    SecretKind.PASSWORD: say("a password"),
    SecretKind.PRIVATE_KEY: say("a private key"),
    SecretKind.API_TOKEN: say("an API token"),
    SecretKind.SIGNED_URL: say("a signed URL"),
}


async def give_help(bench: Bench, job: Job) -> None:
    """Say how to ask, to the one who asked; what could not be read comes first."""
    said = help_message()
    words = _given(job.payload)
    blocks = [build.section(escape(words)), *said.blocks] if words else said.blocks
    await tell(bench, job.payload, f"{escape(words)} {said.text}".strip(), blocks=blocks)


def _given(payload: Node) -> str:
    """The words that whoever ordered the job put beside it."""
    words = payload.get("words")
    if isinstance(words, dict):
        return aloud(from_kept(words))
    return words if isinstance(words, str) else ""


async def warn_of_secret(bench: Bench, job: Job) -> None:
    """Tell the author, once and privately, what kind of secret their message holds."""
    kinds = job.payload.get("kinds")
    named = ", ".join(
        aloud(_SECRETS.get(kind, kind))
        for kind in (kinds if isinstance(kinds, list) else ())
        if isinstance(kind, str)
    )
    words = speak(
        "Your message holds a secret ({kinds}). I neither keep nor repeat it, but everybody here "
        "can read it: delete the message, and revoke or rotate the secret.",
        kinds=escape(named[:200]),
    )
    await whisper(
        bench.client,
        user=text_at(job.payload, "user"),
        channel=text_at(job.payload, "channel"),
        thread_ts=text_at(job.payload, "thread_ts") or None,
        words=words,
    )


async def say_hello(bench: Bench, job: Job) -> None:
    """Say hello in a channel into which we were invited."""
    channel = text_at(job.payload, "channel")
    internal = not await bench.shared.is_shared(channel)
    reach = await bench.access.reach(None, channel)
    cluster = bench.rules.channel_hints(channel).cluster
    if not reach.reads_name(cluster, bench.rules.fleet):
        cluster = None
    message = hello_message(bench.me.user, cluster, internal=internal)
    await bench.replies.pacing.turn(channel)
    try:
        await bench.client.chat_postMessage(
            channel=channel,
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
        )
    except SLACK_TROUBLE as error:
        _log.warning("no hello", error=error_name(error))


async def tell(
    bench: Bench, payload: Node, words: str, *, blocks: Sequence[Block] | None = None
) -> None:
    """Answer a question that became no incident: privately in a channel, openly in a direct message."""
    channel, user = text_at(payload, "channel"), text_at(payload, "user")
    thread_ts = text_at(payload, "thread_ts") or None
    words = aloud(words)
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
