"""Look for failures where they must be fetched: in a thread, and in files."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.clients.answer_body import first_bytes
from bot.jobs.telling import give_help, tell
from diagnostics.languages import speak
from diagnostics.recognize.outputs import outputs
from handlers.access import Actor
from handlers.paste.author import Voice, author_of
from handlers.paste.evidence import evidence_order
from handlers.paste.intake import failures, paste_of
from handlers.paste.reading import FILE_LIMIT, extract_text
from handlers.paste.reading.untrusted import nodes_at, text_at
from handlers.paste.source import hints_of, source_of
from handlers.ports import Order, Task
from handlers.slack_trouble import SLACK_TROUBLE, error_name

if TYPE_CHECKING:
    from bot.jobs.bench import Bench
    from bot.store.queue import Job
    from handlers.paste.source import Source

_log = structlog.get_logger("irsa.reading")
_MESSAGES: Final = 100
_FILES: Final = 5
_PATIENCE: Final = aiohttp.ClientTimeout(total=15)


async def read_thread(bench: Bench, job: Job) -> None:
    """Find the newest failure in the thread in which somebody mentioned us."""
    source = source_of(job.payload)
    try:
        answer = await bench.client.conversations_replies(
            channel=source.spot.channel, ts=source.spot.thread_ts or source.ts, limit=_MESSAGES
        )
    except SLACK_TROUBLE as error:
        name = error_name(error)
        words = speak(
            "I can't read this thread (Slack says {name}). Paste the error behind the mention, "
            "or invite me into the channel.",
            name=name,
        )
        await tell(bench, job.payload, words)
        return
    data: Any = answer.data
    messages = nodes_at(data if isinstance(data, dict) else {}, "messages")
    for message in reversed(messages):
        if author_of(bench, message).voice in (Voice.OURS, Voice.OUTSIDER):
            continue
        text = extract_text(message)
        symptoms = await asyncio.to_thread(failures, text, asked=True)
        if symptoms:
            await bench.store.inbox.paste(
                paste_of(bench.rules, source, symptoms, text=text, hints=hints_of(job.payload))
            )
            return
    earlier = await bench.store.incidents.in_thread(source.spot)
    if earlier is not None:
        actor = Actor(user=source.by or "", team=source.spot.team)
        denied = await bench.access.to_read(actor, earlier)
        if denied is not None:
            await tell(bench, job.payload, denied.words)
            return
        payload = {"by": source.by}
        await bench.store.inbox.order(
            Order(task=Task.RECHECK, incident_id=earlier.id, payload=payload)
        )
        return
    await give_help(bench, job)


async def read_files(bench: Bench, job: Job) -> None:
    """Download a message's text files, up to 1 MB each, and look for failures in them."""
    source = source_of(job.payload)
    hints = hints_of(job.payload)
    texts: list[str] = []
    refused: list[str] = []
    for file in nodes_at(job.payload, "files")[:_FILES]:
        try:
            texts.append(await _download(bench, text_at(file, "url")))
        except Undownloadable as error:
            refused.append(f"{text_at(file, 'name')[:80]}: {error}")
            _log.info("file not read", file=text_at(file, "id"), why=str(error))
    text = "\n".join(texts)
    if await _handed_in(bench, source, text):
        return
    symptoms = await asyncio.to_thread(failures, text, asked=source.asked)
    if symptoms:
        await bench.store.inbox.paste(
            paste_of(bench.rules, source, symptoms, text=text, hints=hints)
        )
    elif source.asked:
        words = speak("I found no web-identity error in the file.")
        if refused:
            words = speak("I could not read {files}.", files="; ".join(refused))
        await tell(bench, job.payload, words)


async def _handed_in(bench: Bench, source: Source, text: str) -> bool:
    """Whether files in an incident's thread hold output of read-only commands, which is taken as evidence."""
    in_thread = source.spot.thread_ts not in (None, source.ts)
    if source.by is None or not in_thread or not await asyncio.to_thread(outputs, text):
        return False
    incident = await bench.store.incidents.in_thread(source.spot, asked=True)
    if incident is None or incident.shared:
        return False
    await bench.store.inbox.order(evidence_order(source, incident, text))
    return True


class Undownloadable(Exception):
    """A file can't be read; the message says why in a clause."""


async def _download(bench: Bench, url: str) -> str:
    """Read a file of Slack's; the bot's token goes to Slack's own hosts only.

    Raises:
        Undownloadable: If it is elsewhere, refused or no text.
    """
    if not _is_slacks(url, bench.client.base_url):
        raise Undownloadable(speak("it is not kept at Slack"))
    headers = {"Authorization": f"Bearer {bench.client.token}"}
    try:
        async with bench.http().get(
            url, headers=headers, timeout=_PATIENCE, allow_redirects=False
        ) as response:
            if response.status != HTTPStatus.OK:
                raise Undownloadable(
                    speak("Slack answered {status}; is files:read granted?", status=response.status)
                )
            if response.content_type == "text/html" and not url.endswith((".html", ".htm")):
                raise Undownloadable(speak("Slack asks to sign in; is files:read granted?"))
            body = await first_bytes(response.content, FILE_LIMIT)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise Undownloadable(
            speak("the download broke off ({error})", error=type(error).__name__)
        ) from error
    return body.decode("utf-8", errors="replace")


def _is_slacks(url: str, api_url: str) -> bool:
    try:
        given, api = urlsplit(url), urlsplit(api_url)
        port = given.port
    except ValueError:
        return False
    host = given.hostname or ""
    if given.scheme == "https" and port is None:
        return host in ("slack.com", "files.slack.com") or host.endswith(".slack.com")
    return (given.scheme, given.netloc) == (api.scheme, api.netloc)
