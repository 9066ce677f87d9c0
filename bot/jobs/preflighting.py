"""`/irsa preflight`: walk the fleet, one walk at a time, and tell who asked what it came to."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.manifest import manifest_document
from bot.preflight.kept import KeptPreflights
from bot.preflight.outcome import KEPT
from bot.preflight.slack import check_slack
from bot.preflight.walker import walker_of
from bot.store.preflights import PreflightRecords
from diagnostics.languages import speak
from handlers.blockkit import build
from handlers.blockkit.fitting import fit_message
from handlers.paste.reading.untrusted import text_at
from handlers.render import trouble_message
from handlers.render.card import Message
from handlers.whisper import whisper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.fleet_file import FleetFile
    from bot.jobs.bench import Bench
    from bot.preflight.outcome import Place
    from bot.service import Service
    from bot.settings import Settings
    from bot.store.queue import Job

_log = structlog.get_logger("irsa.preflight")


async def preflight_fleet(bench: Bench, job: Job) -> None:
    """Walk, unless somebody did a moment ago or does, and tell who asked."""
    channel, user = text_at(job.payload, "channel"), text_at(job.payload, "user")
    if await bench.shared.is_shared(channel):
        _log.warning("no preflight in a shared channel", channel=channel)
        return
    records = PreflightRecords(engine=bench.store.engine, now=bench.now)
    kept = KeptPreflights(records=records, walkers=bench.preflights)
    reach = await bench.access.reach(user, channel)
    show = partial(kept.shown, reach, text_at(job.payload, "name"))
    message = await show(however_old=False)
    if message is None and await _walked(bench, records, by=f"job{job.id}"):
        message = await show(however_old=True)
    if message is None:
        words = speak(
            "Another preflight is under way. `/irsa preflight last` shows what it came to, once it has ended."
        )
        message = Message(text=words, blocks=[build.section(words)])
    await _tell(bench, job, message)


async def give_up_preflight(bench: Bench, job: Job, trouble_id: str) -> None:
    """Tell who asked that it failed for good."""
    words = speak("I could not finish this preflight because of an error on my side.")
    await _tell(bench, job, trouble_message(words, trouble_id=trouble_id))


async def _tell(bench: Bench, job: Job, message: Message) -> None:
    await whisper(
        bench.client,
        user=text_at(job.payload, "user"),
        channel=text_at(job.payload, "channel"),
        words=message.text,
        blocks=fit_message(message.blocks),
        response_url=text_at(job.payload, "response_url") or None,
    )


async def _walked(bench: Bench, records: PreflightRecords, *, by: str) -> bool:
    """Walk the fleet file in use; False where somebody else does."""
    walker = await bench.preflights.get()
    fleet = walker.fleet
    if not await records.begin(fleet, by=by):
        return False
    try:
        outcome = await walker.outcome()
    except BaseException:
        await records.give_up(fleet, by=by)
        raise
    await records.finish(fleet, by=by, document=KEPT.dump_json(outcome).decode())
    good = sum(place.works for place in outcome.places)
    _log.info(
        "preflight",
        places=len(outcome.places),
        works=good,
        left_out=outcome.left_out,
        seconds=round(outcome.seconds, 3),
    )
    return True


@asynccontextmanager
async def preflights_of(
    service: Service, settings: Settings, file: FleetFile, environ: Mapping[str, str]
) -> AsyncIterator[None]:
    """Walk what one content of the fleet file says, for jobs.

    Args:
        service: The running bot.
        settings: How it runs.
        file: What the fleet file holds.
        environ: AWS_* and KUBECONFIG.
    """
    scopes = manifest_document(links=settings.links)["oauth_config"]["scopes"]

    async def slack() -> Place:
        return await check_slack(
            api_url=settings.slack_api_url,
            bot_token=service.bench.client.token or "",  # as it is then: it may be rotated
            app_token=None,
            scopes=scopes["bot"],
            optional=scopes.get("bot_optional", ()),
            # Names of private channels are not everybody's to read; the command on a terminal checks those.
            channels=(),
        )

    walker = walker_of(file, environ, slack, settings.links, lambda: service.bench.rules.fleet)
    attached = service.bench.preflights
    await attached.attach(walker)
    try:
        yield
    finally:
        await attached.detach(walker)
